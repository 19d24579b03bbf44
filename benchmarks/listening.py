"""`make bench-listening`: what listening on this machine costs, and what it leaves to those who ask meanwhile.

Three questions, to the real models process and openai-whisper with a checkpoint of random weights (the work of a model
does not depend on what its weights say; temperature 0 alone, so that everybody does the same work):
the whole way of a recording (HTTP, decoding, our process) against `model.transcribe` of the same samples; how long a
query for an embedding waits while a long recording is heard; memory with the model, and after it was unloaded.
"""

import argparse
import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psutil

from bot.embedded.ports import free_port
from services.transcription.whisper_wire import NICENESS
from tests.fakes.embedding_servers import get_json, wait_until
from tests.fakes.whisper_checkpoint import build_random_whisper

SIZES = {"tiny": (384, 6, 4), "base": (512, 8, 6), "small": (768, 12, 12)}
SPEECH = Path(__file__).parents[1] / "tests" / "data" / "audio" / "idea-en.ogg"
QUERIES = 200
QUERY_PAUSE_SECONDS = 0.05
NICE_QUERIES = ("слоган для тихого вечера", "a slogan for a quiet evening", "сколько стоит набор", "who is it for?")

SERVER = """
import sys
from bot.models.loaded_model import LoadedModel
from bot.models.served import Served
from bot.models.server import serve_models
from services.retrieval.sentence_embedder import SentenceEmbedder
from services.transcription.short_first import ShortFirst
from services.transcription.whisper_listener import WhisperListener
from services.transcription.whisper_wire import Setup
checkpoint, port, idle, embedding, niceness = sys.argv[1:]
setup = Setup(checkpoint, ("/nowhere",), (0.0,), niceness=int(niceness))
listener = WhisperListener(setup, ShortFirst(), idle_seconds=float(idle))
embedder = LoadedModel(SentenceEmbedder(embedding)) if embedding != "none" else None
serve_models(Served(embedder, {checkpoint: listener}, frozenset({checkpoint})), host="127.0.0.1", port=int(port))
"""
BARE = """
import json, sys, time
import whisper
from services.transcription.pyav_waveform import waveform
from services.transcription.whisper_child import step_back
step_back(int(sys.argv[3]))  # as ours does: else whatever else runs here would slow down ours alone
model = whisper.load_model(sys.argv[1])
sound = waveform(open(sys.argv[2], "rb").read(), 3600, lambda: None)
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    began, worked = time.perf_counter(), time.process_time()
    heard = model.transcribe(sound, language="en", temperature=(0.0,), fp16=False)
    told = {"seconds": time.perf_counter() - began, "worked": time.process_time() - worked}
    print(json.dumps({**told, "text": heard["text"].strip()}), flush=True)
"""


@dataclass(frozen=True, slots=True)
class Hearing:
    seconds: float
    worked: float
    """Processor time: what others do on the machine counts little in it."""
    text: str


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    process: psutil.Process
    checkpoint: Path
    http: httpx2.Client
    """Kept open, as the product keeps its own."""

    def family(self) -> list[psutil.Process]:
        """The server and the process that holds Whisper."""
        return [self.process, *self.process.children(recursive=True)]

    def megabytes(self) -> float:
        """Pages that both share count once (PSS)."""
        return float(sum(each.memory_full_info().pss for each in self.family()) / 1e6)

    def worked(self) -> float:
        times = [each.cpu_times() for each in self.family()]
        return float(sum(each.user + each.system for each in times))

    def listen(self, audio: bytes, timeout: float = 600) -> Hearing:
        worked, began = self.worked(), time.perf_counter()
        files, form = {"file": ("speech.ogg", audio)}, {"model": str(self.checkpoint), "language": "en"}
        address = f"{self.url}/v1/audio/transcriptions"
        answer = self.http.post(address, data=form, files=files, timeout=timeout)
        answer.raise_for_status()
        return Hearing(time.perf_counter() - began, self.worked() - worked, str(answer.json()["text"]))

    def is_resting(self) -> bool:
        cards = get_json(f"{self.url}/v1/models")[1]["data"]
        return any(card["id"] == str(self.checkpoint) and card["status"] == "resting" for card in cards)


@contextlib.contextmanager
def server(
    checkpoint: Path, *, idle: float = 3600, embedding: str = "none", niceness: int = NICENESS
) -> Iterator[Server]:
    port = free_port()
    arguments = (str(checkpoint), str(port), str(idle), embedding, str(niceness))
    process = subprocess.Popen([sys.executable, "-c", SERVER, *arguments])
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: is_ready(url), 120)
        with httpx2.Client(trust_env=False) as http:
            yield Server(url, psutil.Process(process.pid), checkpoint, http)
    finally:
        process.terminate()
        process.wait()


def is_ready(url: str) -> bool:
    try:
        return bool(get_json(f"{url}/healthz")[1]["status"] == "ready")
    except httpx2.HTTPError:
        return False


@contextlib.contextmanager
def bare(checkpoint: Path, audio: Path, niceness: int) -> Iterator[Callable[[], Hearing]]:
    """openai-whisper alone in a process of its own."""
    command = [sys.executable, "-c", BARE, str(checkpoint), str(audio), str(niceness)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdin
    assert process.stdout
    told, said = process.stdin, process.stdout
    said.readline()

    def transcribe() -> Hearing:
        told.write("\n")
        told.flush()
        return Hearing(**json.loads(said.readline()))

    try:
        yield transcribe
    finally:
        process.kill()
        process.wait()


def speech(seconds: float, folder: Path) -> Path:
    """Ogg Opus of 16 kHz, as pieces of a recording are: one sample of speech again and again."""
    import av
    import numpy as np

    from services.transcription.pyav_waveform import RATE, waveform

    once = waveform(SPEECH.read_bytes(), 3600, lambda: None)
    samples = np.resize((once * 32767).astype(np.int16), int(seconds * RATE))
    path = folder / f"speech-{seconds:.0f}.ogg"
    with av.open(str(path), "w", format="ogg") as container:
        stream: Any = container.add_stream("libopus", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def overhead(checkpoint: Path, folder: Path, options: argparse.Namespace) -> None:
    """A B A B, so that both see the same machine; medians."""
    seconds, niceness = options.seconds, options.niceness
    audio = speech(seconds, folder)
    ours: list[Hearing] = []
    theirs: list[Hearing] = []
    with server(checkpoint, niceness=niceness) as serving, bare(checkpoint, audio, niceness) as alone:
        assert serving.listen(audio.read_bytes()).text == alone().text, "not the same work"
        for _ in range(options.rounds):
            ours.append(serving.listen(audio.read_bytes()))
            theirs.append(alone())
            told = "   ".join(
                f"{name} {one.seconds:.2f} s (processor {one.worked:.2f} s)"
                for name, one in (("service", ours[-1]), ("bare", theirs[-1]))
            )
            print(f"  {told}   load {os.getloadavg()[0]:.1f}")
    for name, measure in (("time", seconds_of), ("processor time", worked_of)):
        a, b = sorted(map(measure, ours)), sorted(map(measure, theirs))
        middle = statistics.median(a) / statistics.median(b) - 1
        print(f"overhead in {name}, {seconds:.0f} s of speech: medians {middle:+.1%}, best runs {a[0] / b[0] - 1:+.1%}")
    print("  (aim: at most +5 %)")


def seconds_of(hearing: Hearing) -> float:
    return hearing.seconds


def worked_of(hearing: Hearing) -> float:
    return hearing.worked


def queries(url: str, count: int = QUERIES) -> list[float]:
    """Milliseconds."""
    waits = []
    with httpx2.Client(trust_env=False, timeout=30) as client:
        for number in range(count):
            body = {"input": f"{NICE_QUERIES[number % len(NICE_QUERIES)]} {number}", "input_type": "query"}
            began = time.perf_counter()
            client.post(f"{url}/v1/embeddings", json=body).raise_for_status()
            waits.append((time.perf_counter() - began) * 1000)
            time.sleep(QUERY_PAUSE_SECONDS)
    return sorted(waits)


def line(name: str, waits: list[float]) -> str:
    p95, p99 = waits[int(len(waits) * 0.95)], waits[int(len(waits) * 0.99)]
    return (
        f"{name}: p50 {statistics.median(waits):.1f} ms, p95 {p95:.1f} ms, p99 {p99:.1f} ms, worst {waits[-1]:.1f} ms"
    )


def embeddings_meanwhile(checkpoint: Path, folder: Path, count: int, niceness: int) -> None:
    long = speech(600, folder).read_bytes()
    with server(checkpoint, embedding="bundled", niceness=niceness) as serving:
        queries(serving.url, 10)
        print(line(f"query embedding, idle (load {os.getloadavg()[0]:.1f})", queries(serving.url, count)))
        hearing = threading.Thread(target=hear_until_closed, args=(serving, long), daemon=True)
        hearing.start()
        time.sleep(1.0)
        waits = queries(serving.url, count)
        assert hearing.is_alive(), "the recording was over before the queries"
        print(line(f"query embedding, while a recording is heard (load {os.getloadavg()[0]:.1f})", waits))
        print("  (aim: p95 at most 100 ms)")


def hear_until_closed(serving: Server, audio: bytes) -> None:
    with contextlib.suppress(httpx2.HTTPError):
        while True:
            serving.listen(audio)


def memory(checkpoint: Path, folder: Path) -> None:
    audio = speech(20, folder).read_bytes()
    with server(checkpoint, idle=4) as serving:
        wait_until(serving.is_resting)
        before = serving.megabytes()
        serving.listen(audio)
        loaded = serving.megabytes()
        wait_until(serving.is_resting)
        print(
            f"memory: without the model {before:.0f} MB, loaded {loaded:.0f} MB, unloaded {serving.megabytes():.0f} MB"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=SIZES, default="tiny")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=20.0, help="Length of the recording for the overhead.")
    parser.add_argument("--queries", type=int, default=QUERIES)
    parser.add_argument("--niceness", type=int, default=NICENESS, help="Of the processes that listen.")
    parser.add_argument("--only", choices=("overhead", "embeddings", "memory"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        state, heads, layers = SIZES[options.size]
        checkpoint = build_random_whisper(folder / f"{options.size}.pt", state=state, heads=heads, layers=layers)
        print(f"whisper {options.size}, random weights, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
        if options.only in (None, "overhead"):
            overhead(checkpoint, folder, options)
        if options.only in (None, "embeddings"):
            embeddings_meanwhile(checkpoint, folder, options.queries, options.niceness)
        if options.only in (None, "memory"):
            memory(checkpoint, folder)


if __name__ == "__main__":
    main()
