"""DocumentReader in a child process: a file that is a bomb harms nobody."""

import asyncio
import os
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from services.documents.limits import MEGABYTE, ReadLimits
from services.documents.reading import read_documents
from services.documents.reading_child import arguments
from services.documents.reading_wire import EndOfWords, read_line
from services.documents.sniffing import PLAIN_SUFFIXES, SUFFIXES, is_plain
from services.domain.errors import (
    DocumentDamaged,
    DocumentRefused,
    DocumentTooHeavy,
    DocumentTooLarge,
    FilesUnavailable,
    MuzaError,
)
from services.domain.reading import ReadDocument

CHILD = "services.documents.reading_child"
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parents[2]),
    "PYTHONSAFEPATH": "1",
    "PYTHONUTF8": "1",
    "MALLOC_ARENA_MAX": "1",
    "TOKIO_WORKER_THREADS": "1",
    "RAYON_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # xberg brings onnxruntime along
}
"""All that it gets: ours has tokens in it. One arena and one thread: more would use up its addresses as reserves."""
BYTES_OF_A_CHARACTER = 6
"""In JSON: \\uXXXX."""
_PIECE = 2**18
_SMALL = 2 * MEGABYTE
_OUT_OF_MEMORY = (
    b"memory allocation of",
    b"MemoryError",
    b"std::bad_alloc",
    b"Cannot allocate memory",
    b"failed to map segment",
)
_GIVING_UP = (signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM, signal.SIGABRT, signal.SIGTRAP)
"""Out of time; or libraries that stop when memory does, some without a word."""
_THE_FILES_DOING = (b"PanicException", b"panicked at", b"RecursionError", b"stack overflow")


class ChildReader:
    """One child for each file, but for small plain texts."""

    suffixes = SUFFIXES

    def __init__(self, limits: ReadLimits | None = None) -> None:
        self._limits = limits or ReadLimits()

    async def read(self, file: Path, name: str) -> Sequence[ReadDocument]:
        """As `DocumentReader` promises. Raises FilesUnavailable when the file cannot be read now."""
        size = (await asyncio.to_thread(file.stat)).st_size
        if size > self._limits.file_bytes:
            limit = self._limits.file_bytes // MEGABYTE
            raise DocumentTooLarge(f"{size} bytes", name=name, size=-(-size // MEGABYTE), limit=limit)
        try:
            is_small_text = size <= _SMALL and Path(name).suffix.lower() in PLAIN_SUFFIXES
            if is_small_text and (documents := await asyncio.to_thread(_read_plain, file, name, self._limits)):
                return documents
            return await self._read(file, name)
        except DocumentRefused as error:
            error.facts.setdefault("name", name)
            raise

    async def _read(self, file: Path, name: str) -> Sequence[ReadDocument]:
        with tempfile.TemporaryFile() as complaints:
            async with _child(arguments(file, name, self._limits), complaints) as process:
                try:
                    async with asyncio.timeout(self._limits.seconds):
                        words = await self._words(process)
                        code = await process.wait()
                except TimeoutError as error:
                    raise DocumentTooHeavy(f"not read within {self._limits.seconds} s") from error
            documents = await asyncio.to_thread(_understood, words)
            if documents is None:
                raise _verdict(code, complaints)
            return documents

    async def _words(self, process: Process) -> bytes:
        """All that it says, up to a limit of ours: it may have been taken over."""
        if process.stdout is None:
            return b""
        most = self._limits.all_characters * BYTES_OF_A_CHARACTER
        pieces, size = [], 0
        while piece := await process.stdout.read(_PIECE):
            pieces.append(piece)
            if (size := size + len(piece)) > most:
                raise DocumentTooHeavy("the child says more than it may")
        return b"".join(pieces)


def _read_plain(file: Path, name: str, limits: ReadLimits) -> Sequence[ReadDocument]:
    """Nothing in a small plain text can be a bomb, and a process takes longer than to read it. Empty: it is not what
    its name says."""
    content = file.read_bytes()
    return read_documents(content, name, limits) if is_plain(content, name) else ()


def _understood(words: bytes) -> Sequence[ReadDocument] | None:
    """None: it did not come to its end. Raises what it told."""
    documents: list[ReadDocument] = []
    for line in words.splitlines():
        try:
            said = read_line(line)
        except ValueError:
            return None
        if isinstance(said, EndOfWords):
            return documents
        if isinstance(said, MuzaError):
            raise said
        documents.append(said)
    return None


@asynccontextmanager
async def _child(its_arguments: tuple[str, ...], complaints: IO[bytes]) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", CHILD, *its_arguments),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=complaints,
        env=ENVIRONMENT,
        start_new_session=True,  # Ctrl-C reaches a whole group; and it is killed with all that it may have started
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            _kill_group(process.pid)
        await process.communicate()


def _kill_group(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return  # it ended by itself meanwhile


def _verdict(code: int, complaints: IO[bytes]) -> MuzaError:
    """A signal ended it, or a reader gave way: the file's doing. It ended by itself without a word: ours, and the log
    should tell."""
    complaints.seek(0)
    last = complaints.read()[-4000:]
    if any(sign in last for sign in _OUT_OF_MEMORY):
        return DocumentTooHeavy("needs more memory than is given to it")
    if -code in _GIVING_UP:
        return DocumentTooHeavy(f"the child was ended by signal {-code}")
    if code < 0 or any(sign in last for sign in _THE_FILES_DOING):
        return DocumentDamaged(f"the child ended with {code}")
    return FilesUnavailable(f"the child ended with {code}: {last[-1000:].decode(errors='replace')}")
