"""The process that holds Whisper, from its parent's side. One request at a time."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self

from services.transcription.whisper_wire import Setup, Wanted, frame, read_header

_CANCEL_SECONDS = 15.0
"""A large model looks up between steps of some seconds; loading it again would take longer."""
_END_SECONDS = 5.0
_ROOT = Path(__file__).parents[2]


class ProcessEnded(Exception):
    """It died, or was killed: `code` as of subprocess."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"signal {-code}" if code is not None and code < 0 else f"code {code}")
        self.code = code


class WhisperProcess:
    def __init__(self, process: Process) -> None:
        self._process = process
        self._number = 0

    @classmethod
    async def start(cls, setup: Setup, log: Path | None) -> Self:
        """`log` takes what libraries write, anew at each start. Raises OSError."""
        output = log.open("wb") if log else None
        try:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-c",
                # Found where we are, whatever the working folder holds.
                f"import sys; sys.path.insert(0, {str(_ROOT)!r}); "
                "from services.transcription.whisper_child import main; sys.exit(main())",
                setup.to_json(),
                stdin=PIPE,
                stdout=PIPE,
                stderr=output or DEVNULL,
                start_new_session=True,  # its priority is lowered as a session
            )
        finally:
            if output:
                output.close()
        return cls(process)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def is_there(self) -> bool:
        """False when it was killed while nobody asked it. Not to be called while it works."""
        try:
            self._say(frame({"do": "answer"}))
            return bool((await self._next())["said"] == "here")
        except ProcessEnded:
            return False

    async def first_word(self) -> dict[str, Any]:
        """ "loaded" or "failed". Raises ProcessEnded."""
        return await self._next()

    async def listen(self, audio: bytes, wanted: Wanted) -> dict[str, Any]:
        """Its answer: "heard", "refused" or "broken". Cancelling ends the work between two steps of the model and keeps
        it loaded. Raises ProcessEnded."""
        self._number += 1
        self._say(frame({"do": "listen", "id": self._number, "wanted": asdict(wanted)}, audio))
        try:
            return await self._answer()
        except asyncio.CancelledError:
            self._say(frame({"do": "cancel", "id": self._number}))
            await self._until_it_let_go()
            raise

    async def stop(self) -> None:
        """At once: it holds nothing that could be lost."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        if self._process.stdin:
            self._process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), _END_SECONDS)

    def _say(self, message: bytes) -> None:
        """What does not fit into the pipe waits in our memory; answers come only after it was read."""
        assert self._process.stdin is not None  # noqa: S101 - started with a pipe
        if not self._process.stdin.is_closing():
            self._process.stdin.write(message)

    async def _until_it_let_go(self) -> None:
        try:
            async with asyncio.timeout(_CANCEL_SECONDS):
                await self._answer()
        except (TimeoutError, ProcessEnded, asyncio.CancelledError):
            with suppress(ProcessLookupError):
                self._process.kill()

    async def _answer(self) -> dict[str, Any]:
        while (told := await self._next()).get("id") != self._number:
            continue
        return told

    async def _next(self) -> dict[str, Any]:
        assert self._process.stdout is not None  # noqa: S101 - started with a pipe
        try:
            return await read_header(self._process.stdout)
        except (asyncio.IncompleteReadError, ConnectionError, ValueError) as error:
            with suppress(ProcessLookupError):
                self._process.kill()
            raise ProcessEnded(await self._process.wait()) from error
