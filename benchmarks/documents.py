"""A folder of documents, each read as the product reads it: what came of it, in what time and memory, and which share
of the words that a second extractor finds is there.

    python -m benchmarks.documents DIR [--hostile] [--markdown FILE]

`--hostile`: also files that are made to harm. Words are compared as sets: cleaning takes repeated ones on purpose.
"""

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil
from loguru import logger

from benchmarks.second_extractor import second_words, words_of
from handlers.errors import explain
from handlers.i18n import Catalogues
from services.documents.child_reader import ChildReader
from services.domain.errors import MuzaError
from services.domain.language import Language
from tests.hostile_documents import HOSTILE

LOOK_SECONDS = 0.01
MOST_SECONDS, MOST_MEGABYTES = 60.0, 512.0


@dataclass(slots=True)
class Reading:
    name: str
    outcome: str
    """"text", or the sentence that a person reads."""
    seconds: float = 0.0
    peak_mb: float = 0.0
    words: int = 0
    flags: str = ""
    recall: float | None = None
    is_dead: bool = False
    """It ended in something else than text or a refusal."""

    def row(self) -> str:
        recall = "" if self.recall is None else f"{self.recall:.3f}"
        cells = (self.name, self.outcome, f"{self.seconds:.2f}", f"{self.peak_mb:.0f}", self.words, recall, self.flags)
        return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"


class Bench:
    def __init__(self) -> None:
        self._reader = ChildReader()
        self._texts = Catalogues(Language.ENGLISH).texts(Language.ENGLISH)

    async def read(self, file: Path, name: str) -> Reading:
        began, reading, text = time.monotonic(), Reading(name, "text"), ""
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(_watch(reading))
            try:
                documents = await self._reader.read(file, file.name)
                text = "\n".join(document.text for document in documents)
                reading.words = len(text.split())
                reading.flags = ", ".join(sorted({flag for document in documents for flag in document.flags}))
            except MuzaError as error:
                reading.outcome = explain(error, self._texts)
                reading.is_dead = not error.code.startswith("document_")
            finally:
                reading.seconds = time.monotonic() - began
                watch.cancel()
        reading.recall = await asyncio.to_thread(_recall, file, text) if text else None
        return reading


async def _watch(reading: Reading) -> None:
    """Memory that its child takes, at most."""
    while True:
        peaks = [_high_water(child.pid) for child in psutil.Process().children(recursive=True)]
        reading.peak_mb = max([reading.peak_mb, *peaks])
        await asyncio.sleep(LOOK_SECONDS)


def _high_water(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")), 0.0)


def _recall(file: Path, text: str) -> float | None:
    expected = second_words(file)
    return len(expected & words_of(text)) / len(expected) if expected else None


def _files(folder: Path | None) -> list[tuple[str, Path]]:
    if folder is None:
        return []
    return sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())


async def run(folder: Path | None, *, is_hostile: bool) -> Sequence[str]:
    bench, readings = Bench(), []
    for name, file in _files(folder):
        readings.append(await bench.read(file, name))
    hostile = []
    with tempfile.TemporaryDirectory() as into:
        for name, build in HOSTILE.items() if is_hostile else ():
            file = Path(into) / name
            await asyncio.to_thread(lambda file=file, build=build: file.write_bytes(build()))
            hostile.append(await bench.read(file, name))
            file.unlink()
    return [*_report("Documents", readings), *_report("Hostile files", hostile)]


def _report(title: str, readings: Sequence[Reading]) -> Iterator[str]:
    if not readings:
        return
    yield from (
        f"## {title}",
        "",
        "| file | outcome | s | MB | words | recall | flags |",
        "|---|---|---|---|---|---|---|",
    )
    yield from (reading.row() for reading in readings)
    known = sorted(reading.recall for reading in readings if reading.recall is not None)
    read = sum(reading.outcome == "text" for reading in readings)
    slowest, largest = max(one.seconds for one in readings), max(one.peak_mb for one in readings)
    dead = [one.name for one in readings if one.is_dead or one.seconds > MOST_SECONDS or one.peak_mb > MOST_MEGABYTES]
    yield ""
    refused = len(readings) - read - len(dead)
    yield f"{len(readings)} files: {read} read, {refused} refused, {len(dead)} otherwise {dead}."
    yield f"{sum(one.seconds for one in readings):.1f} s in all, slowest {slowest:.2f} s, most memory {largest:.0f} MB."
    if known:
        low = sum(recall < 0.95 for recall in known)
        middle = known[len(known) // 2]
        yield f"Word recall of {len(known)}: mean {sum(known) / len(known):.3f}, median {middle:.3f}, {low} below 0.95."
    yield ""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--markdown", type=Path, help="write the tables to a file, too")
    arguments = parser.parse_args()
    logger.remove()  # every refusal is a line of it
    report = "\n".join(asyncio.run(run(arguments.folder, is_hostile=arguments.hostile)))
    print(report)
    if arguments.markdown:
        arguments.markdown.write_text(report, encoding="utf-8")


if __name__ == "__main__":
    main()
