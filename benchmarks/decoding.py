"""`python -m benchmarks.decoding`: an hour of speech decoded, listened to and cut; broken files, a child each.

Time is of the child alone (its processor, user and system), so that what else runs here does not count.
"""

import argparse
import asyncio
import resource
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from benchmarks.spoken import speak
from services.domain.errors import AudioUnreadable
from services.transcription.child_preparer import ChildAudioPreparer
from services.transcription.ports import Prepared, PreparedPiece
from tests.fakes.sound_files import VARIANTS, broken, of_every_format, waves_of

FORMATS = {"ogg": ("ogg", "libopus"), "mp3": ("mp3", "libmp3lame"), "m4a": ("mp4", "aac"), "flac": ("flac", "flac")}
LONGEST_MS = 5 * 3_600_000


@dataclass(slots=True)
class Run:
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0
    first_piece_seconds: float | None = None
    pieces: int = 0
    piece_bytes: int = 0
    duration_ms: int = 0
    speech_ms: int = 0


async def measure(source: Path) -> Run:
    run, began, cpu_before = Run(), time.monotonic(), _cpu_of_children()
    with tempfile.TemporaryDirectory() as folder:
        async for said in ChildAudioPreparer().prepare(source, Path(folder), longest_ms=LONGEST_MS):
            run.peak_mb = max(run.peak_mb, _peak_of_child())
            if isinstance(said, PreparedPiece):
                run.pieces += 1
                run.piece_bytes += said.path.stat().st_size
                run.first_piece_seconds = run.first_piece_seconds or time.monotonic() - began
            elif isinstance(said, Prepared):
                run.duration_ms, run.speech_ms = said.duration_ms, said.speech_ms
    run.wall_seconds, run.cpu_seconds = time.monotonic() - began, _cpu_of_children() - cpu_before
    return run


async def break_files(count: int, folder: Path) -> Counter[str]:
    """A child for each. What ends in neither pieces nor a plain error ends the benchmark."""
    outcomes: Counter[str] = Counter()
    for name, content in broken(of_every_format(waves_of("idea-ru.ogg")), count):
        source, into = folder / name, folder / f"{name}.pieces"
        into.mkdir()
        source.write_bytes(content)
        try:
            async for said in ChildAudioPreparer().prepare(source, into, longest_ms=60_000):
                if isinstance(said, Prepared):
                    outcomes["pieces" if said.speech_ms else "no speech"] += 1
        except AudioUnreadable as error:
            outcomes[f"{error.code}: {error}"] += 1
    return outcomes


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _peak_of_child() -> float:
    sizes = [0]
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):  # it may end between the two questions
            sizes.append(child.memory_info().rss)
    return max(sizes) / 2**20


def report(name: str, run: Run) -> None:
    minutes = run.duration_ms / 60_000
    speed = minutes * 60 / run.cpu_seconds
    print(
        f"{name:>5} {minutes:6.1f} min  processor {run.cpu_seconds:.1f} s ({speed:.0f} times faster than speech)  "
        f"wall {run.wall_seconds:.1f} s  memory {run.peak_mb:.0f} MB  first piece {run.first_piece_seconds:.1f} s  "
        f"{run.pieces} pieces, {run.piece_bytes / 2**20:.1f} MB  speech {run.speech_ms / 60_000:.1f} min"
    )


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--formats", nargs="*", default=["ogg"], choices=FORMATS)
    parser.add_argument("--broken", type=int, default=VARIANTS, help="how many broken files, a child each")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for name in options.formats:
            container, codec = FORMATS[name]
            source = await asyncio.to_thread(
                speak, Path(folder) / f"long.{name}", options.minutes, format_name=container, codec=codec
            )
            report(name, await measure(source))
        if options.broken:
            outcomes = await break_files(options.broken, Path(folder))
            print(f"{options.broken} broken files, no process of ours died:")
            for outcome, times in outcomes.most_common():
                print(f"{times:>6}  {outcome}")


if __name__ == "__main__":
    asyncio.run(main())
