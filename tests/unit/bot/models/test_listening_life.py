"""Whisper is loaded when needed, unloaded when it rests, stopped when nobody waits, and its troubles are its own."""

import io
import os
import signal
import socket
import threading
import wave
from pathlib import Path

import httpx2
import pytest
from loguru import logger

from bot.models.loaded_model import LoadedModel
from services.transcription.short_first import ShortFirst
from services.transcription.whisper_listener import WhisperListener
from services.transcription.whisper_wire import LADDER, NICENESS, Setup
from tests.fakes.embedding_servers import get_json, wait_until
from tests.fixtures_whisper import SAID
from tests.unit.bot.models.listening import AUDIO, listener, listening, say, settled, status_of
from tests.unit.bot.models.test_embeddings import LengthModel, embed
from tests.unit.bot.waiting import is_running

pytestmark = pytest.mark.local_models
LONG = (AUDIO / "jfk.flac").read_bytes()


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine takes its time to import torch."""
    monkeypatch.setattr("services.transcription.whisper_listener._LOADING_PATIENCE_SECONDS", 100.0)


def test_a_cold_model_is_loaded_by_the_first_request(speaking_checkpoint: Path) -> None:
    cold = listener(speaking_checkpoint)
    with listening(cold, warm=False) as url:
        assert (status_of(url, cold.name), cold.pid) == ("resting", None)
        assert get_json(f"{url}/healthz")[1]["status"] == "ready"
        assert say(url).json()["text"] == SAID
        assert status_of(url, cold.name) == "ready"


def test_an_idle_model_leaves_the_memory_and_comes_back(speaking_checkpoint: Path) -> None:
    tired = listener(speaking_checkpoint, idle_seconds=1.0)
    with listening(tired) as url:
        assert say(url).json()["text"] == SAID
        first = tired.pid
        wait_until(lambda: status_of(url, tired.name) == "resting")
        assert first is not None
        wait_until(lambda: not is_running(first))
        assert say(url).json()["text"] == SAID


def test_the_process_of_the_model_yields_to_all_others_and_ends_with_the_server(speaking_checkpoint: Path) -> None:
    warm = listener(speaking_checkpoint)
    with listening(warm) as url:
        settled(url)
        pid = warm.pid
        assert pid is not None
        assert os.getpriority(os.PRIO_PROCESS, pid) == NICENESS
    wait_until(lambda: not is_running(pid))


def test_who_hangs_up_is_not_worked_for_any_longer(endless_checkpoint: Path) -> None:
    """The work ended long before its time, and the model stayed: the next request is answered by the same process."""
    endless = listener(endless_checkpoint)
    with listening(endless) as url:
        settled(url)
        pid = endless.pid
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as connection:
            connection.sendall(spoken_request(ten_minutes()))
            wait_until(lambda: is_asked(endless))
        wait_until(lambda: not endless._busy)
        assert say(url, b"no sound").status_code == 400
        assert (status_of(url, endless.name), endless.pid) == ("ready", pid)


def is_asked(listener: WhisperListener) -> bool:
    """Has its process been given a recording?"""
    return listener._process is not None and listener._process._number > 0


def ten_minutes() -> bytes:
    """Of silence, over which this checkpoint talks for minutes."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16_000)
        file.writeframes(bytes(2 * 16_000 * 600))
    return sound.getvalue()


def spoken_request(audio: bytes) -> bytes:
    built = httpx2.Request("POST", "http://here/v1/audio/transcriptions", files={"file": ("a.wav", audio)})
    head = "".join(f"{name}: {value}\r\n" for name, value in built.headers.items())
    return f"POST /v1/audio/transcriptions HTTP/1.1\r\n{head}\r\n".encode() + built.read()


def test_a_process_that_dies_at_work_costs_one_answer(endless_checkpoint: Path) -> None:
    fragile = listener(endless_checkpoint)
    answers: list[httpx2.Response] = []
    with listening(fragile) as url:
        settled(url)
        asking = threading.Thread(target=lambda: answers.append(say(url, LONG)))
        asking.start()
        wait_until(lambda: is_asked(fragile))
        assert fragile.pid is not None
        os.kill(fragile.pid, signal.SIGKILL)
        asking.join(30)
        assert (answers[0].status_code, answers[0].json()["error"]["code"]) == (500, "model_error")
        assert status_of(url, fragile.name) == "resting"
        assert say(url, b"no sound").status_code == 400  # loaded again


def test_a_process_that_died_at_rest_costs_none(speaking_checkpoint: Path) -> None:
    fragile = listener(speaking_checkpoint)
    with listening(fragile) as url:
        settled(url)
        pid = fragile.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_running(pid))
        assert say(url).json()["text"] == SAID


def test_whisper_that_cannot_be_had_does_not_disturb_embeddings(tmp_path: Path) -> None:
    absent = listener(tmp_path / "absent.pt")
    with listening(absent, embedding=LoadedModel(LengthModel())) as url:
        settled(url)
        status, health = get_json(f"{url}/healthz")
        assert (status, health["status"]) == (200, "troubled")
        answer = say(url)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_failed")
        assert "neither a file nor a name" in answer.json()["error"]["message"]
        assert "retry-after" not in answer.headers
        assert embed(url, input="a").status_code == 200


def test_embeddings_that_cannot_be_had_do_not_disturb_whisper(speaking_checkpoint: Path) -> None:
    broken = LengthModel()
    broken.error = RuntimeError("no such model")
    with listening(listener(speaking_checkpoint), embedding=LoadedModel(broken)) as url:
        settled(url)
        assert get_json(f"{url}/healthz")[1]["status"] == "troubled"
        assert embed(url, input="a").json()["error"]["code"] == "model_failed"
        assert say(url).json()["text"] == SAID


def test_a_name_that_could_not_be_fetched_is_tried_again_when_asked_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what went wrong is logged once."""
    for scheme in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(scheme, "http://127.0.0.1:1")
    hours = [0.0]
    setup = Setup("tiny", (str(tmp_path),), LADDER)
    absent = WhisperListener(setup, ShortFirst(), clock=lambda: hours[0] * 3600)
    said: list[str] = []
    sink = logger.add(said.append, filter="services.transcription.whisper_listener", format="{message}")
    with listening(absent) as url:
        settled(url)
        assert say(url).json()["error"]["code"] == "model_failed"
        assert "could not be fetched" in absent.reason
        hours[0] = 1.0
        answer = say(url)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "model_failed")
        assert absent._heals_at == 3600 + 600
    logger.remove(sink)
    assert len(said) == 1


def test_a_process_that_serves_nothing_of_use_says_so(tmp_path: Path) -> None:
    (tmp_path / "damaged.pt").write_bytes(b"half of a checkpoint")
    with listening(listener(tmp_path / "damaged.pt")) as url:
        settled(url)
        status, health = get_json(f"{url}/healthz")
        assert (status, health["status"]) == (503, "failed")
        assert "damaged" in health["models"][0]["reason"]
        assert embed(url, input="a").status_code == 404  # nothing of that kind is served here


def test_while_it_is_loaded_requests_are_asked_to_come_back(
    speaking_checkpoint: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.transcription.whisper_listener._LOADING_PATIENCE_SECONDS", 0.01)
    cold = listener(speaking_checkpoint)
    with listening(cold, warm=False) as url:
        answer = say(url)
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "busy")
        assert int(answer.headers["retry-after"]) > 0
        wait_until(lambda: status_of(url, cold.name) == "ready")
        assert say(url).status_code == 200
