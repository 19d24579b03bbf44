"""A child process that dies with us, and how it is stopped."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Protocol

import bot
from bot.settings import child_environment
from bot.supervisor import launch

KERNEL_FOLLOWS_PARENT = sys.platform == "linux"
STOP_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Command:
    """What to run. `output` collects both streams of programs that do not speak our log format, anew at each start."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    output: Path | None = None
    death_signal: signal.Signals = signal.SIGKILL
    """Sent by the kernel when we die: SIGKILL where everything is durable, SIGTERM where a clean end is quick."""


class Child(Protocol):
    """Something that runs until it ends."""

    async def wait(self) -> int: ...
    async def stop(self, seconds: float) -> bool:
        """Ask to end, wait, insist. False when it had to be killed."""
        ...


class Process:
    """A child of ours, in its own session: Ctrl-C in the terminal reaches us alone, and we stop things in order."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        return self._process.pid

    async def wait(self) -> int:
        return await self._process.wait()

    async def stop(self, seconds: float) -> bool:
        if self._process.returncode is not None:
            return True
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            self._kill_group()
            await self._process.wait()
            return False
        return True

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


@cache
def _lifeline() -> int:
    """Reading end of a pipe that ends when this process does (only where the kernel cannot tell a child)."""
    reading, _writing_kept_open = os.pipe()
    return reading


def muza(*arguments: str) -> tuple[str, ...]:
    """Command line of one of our own processes."""
    # From a source tree the package is found through the working folder; an installed one must not be shadowed by it.
    installed = [] if Path(bot.__file__).parents[1] == Path.cwd() else ["-P"]
    return (sys.executable, *installed, "-m", "bot", *arguments)


async def start(command: Command, *, locks: tuple[int, ...] = (), by_kernel: bool = KERNEL_FOLLOWS_PARENT) -> Process:
    """Start `command`. `locks` are open file descriptors that it keeps: they are released when it is gone."""
    lifeline = -1 if by_kernel else _lifeline()
    inherited = (*locks, lifeline) if lifeline >= 0 else locks
    prefix = (sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), str(int(command.death_signal)))
    output: IO[bytes] | None = None
    if command.output:
        command.output.parent.mkdir(parents=True, exist_ok=True)
        output = command.output.open("wb")
    try:
        process = await asyncio.create_subprocess_exec(
            *prefix,
            str(lifeline),
            *command.arguments,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env=child_environment(command.environment),
            pass_fds=inherited,
            start_new_session=True,
        )
    finally:
        if output:
            output.close()
    return Process(process)
