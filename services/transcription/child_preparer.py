"""AudioPreparer in a child process: a file that kills its decoder kills nothing else."""

import asyncio
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import IO

from services.domain.errors import AudioUnreadable, MuzaError
from services.transcription.decoding_wire import Said, read_line
from services.transcription.ports import AudioFacts, Decoding, Prepared, PreparedPiece

CHILD = "services.transcription.decoding_child"
ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parents[2]),
    "PYTHONSAFEPATH": "1",
    "PYTHONUTF8": "1",
    "MALLOC_ARENA_MAX": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "ORT_DISABLE_TELEMETRY": "1",  # onnxruntime's builds since 1.29 report to their makers unless told not to
}
"""All that it gets: ours has tokens in it. One arena and one thread: more would use up its addresses as reserves."""
PROBE_CPU_SECONDS = 20
PREPARE_CPU_SECONDS, PREPARE_CPU_SHARE = 60, 0.06
"""Of the longest recording; measured is 0.01."""
SILENT_SECONDS = 180.0
"""A child that says nothing for so long hangs; it speaks every few seconds of sound."""


class ChildAudioPreparer:
    """One child for each call."""

    async def probe(self, source: Path) -> AudioFacts:
        facts: AudioFacts | None = None
        async with aclosing(_said("probe", PROBE_CPU_SECONDS, source)) as lines:
            async for said in lines:
                facts = said if isinstance(said, AudioFacts) else facts
        if facts is None:
            raise AudioUnreadable("the child told nothing of the file")
        return facts

    async def prepare(
        self, source: Path, into: Path, *, longest_ms: int
    ) -> AsyncGenerator[Decoding | PreparedPiece | Prepared, None]:
        cpu_seconds = PREPARE_CPU_SECONDS + int(longest_ms / 1000 * PREPARE_CPU_SHARE)
        arguments = (source, into, longest_ms)
        async with aclosing(_said("prepare", cpu_seconds, *arguments)) as lines:
            async for said in lines:
                if not isinstance(said, AudioFacts):
                    yield said


async def _said(command: str, cpu_seconds: int, *arguments: Path | int) -> AsyncGenerator[Said, None]:
    """Ends when the child has ended; raises what it told or what became of it."""
    said: Said | MuzaError | None = None
    with tempfile.TemporaryFile() as complaints:
        async with _child(command, cpu_seconds, arguments, complaints) as process:
            while line := await _next_line(process):
                said = _understood(line)
                if not isinstance(said, MuzaError):
                    yield said
            code = await process.wait()
        if isinstance(said, MuzaError):
            raise said
        if not isinstance(said, AudioFacts | Prepared):
            raise _verdict(code, complaints)


def _understood(line: bytes) -> Said | MuzaError:
    try:
        return read_line(line)
    except ValueError:
        return AudioUnreadable("the child died in the middle of a word")


@asynccontextmanager
async def _child(
    command: str, cpu_seconds: int, arguments: tuple[Path | int, ...], complaints: IO[bytes]
) -> AsyncIterator[Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", CHILD, command, str(cpu_seconds), *(str(one) for one in arguments)),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=complaints,
        env=ENVIRONMENT,
        start_new_session=True,  # Ctrl-C in a terminal reaches a whole group
    )
    try:
        yield process
    finally:
        if process.stdout is not None and not process.stdout.at_eof():  # or it ends by itself
            process.kill()
        await process.communicate()


async def _next_line(process: Process) -> bytes:
    try:
        async with asyncio.timeout(SILENT_SECONDS):
            return await process.stdout.readline() if process.stdout else b""
    except TimeoutError as error:
        raise AudioUnreadable("the child hangs") from error


def _verdict(code: int, complaints: IO[bytes]) -> MuzaError:
    """A signal ended it: the file's doing. It ended by itself without a word: ours, and the log should tell."""
    if code < 0:
        return AudioUnreadable(f"the child was ended by signal {-code}")
    complaints.seek(0)
    return MuzaError(f"the child ended with {code}: {complaints.read()[-1000:].decode(errors='replace')}")
