"""The product's processes, each started again a moment after its death, as the supervisor does."""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.supervisor import child
from bot.supervisor.child import Child, Command, Process, muza
from tests.durability.waiting import until

RESTART_SECONDS = 0.5
STOP_SECONDS = 15.0
WANTED_EXITS = frozenset({0, -signal.SIGKILL, 137})
"""137: a failpoint; -9: killed by us; 0: ended in order."""

Launch = Callable[[], Awaitable[Child]]


@dataclass(frozen=True, slots=True)
class Death:
    """`code` as subprocess reports it: negative for a signal. `at` is time.monotonic()."""

    process: str
    code: int
    at: float

    @property
    def is_unforeseen(self) -> bool:
        return self.code not in WANTED_EXITS


@dataclass
class KeptProcess:
    """Runs until `stop`; dies and comes back in between."""

    name: str
    launch: Launch
    deaths: list[Death] = field(default_factory=list)
    started_at: float = 0.0
    _child: Child | None = None
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)
    _held: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._held.set()

    @property
    def pid(self) -> int | None:
        return self._child.pid if isinstance(self._child, Process) else None

    @property
    def lives_for(self) -> float:
        """Seconds since its last start; 0 while it is dead."""
        return time.monotonic() - self.started_at if self._child is not None else 0.0

    async def run(self) -> None:
        while not self._stopping.is_set():
            await self._held.wait()
            self.started_at = time.monotonic()
            self._child = await self.launch()
            code = await self._child.wait()
            self._child = None
            self.deaths.append(Death(self.name, code, time.monotonic()))
            if not self._stopping.is_set():
                await self._rest(RESTART_SECONDS)

    def kill(self) -> bool:
        """kill -9, now. False when there is nobody to kill."""
        pid = self.pid
        if pid is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        return True

    def hold_down(self) -> None:
        """Not started again until `let_up`."""
        self._held.clear()

    def let_up(self) -> None:
        self._held.set()

    async def dead(self, deaths_before: int) -> None:
        """Returns when it has died once more than `deaths_before` times."""
        await until(lambda: len(self.deaths) > deaths_before)

    async def stop(self) -> None:
        self._stopping.set()
        self.let_up()
        if self._child is not None:
            await self._child.stop(STOP_SECONDS)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()


class MuzaProcess:
    """One command of `muza`. What is in `environment` at a start is what that life of the process gets."""

    def __init__(self, name: str, arguments: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> None:
        self.name = name
        self.arguments = arguments
        self.environment = dict(environment)
        self._folder = folder
        self._lives = 0

    async def __call__(self) -> Child:
        self._lives += 1
        return await child.start(Command(self.name, muza(*self.arguments), self.environment, output=self._output))

    def last_words(self) -> str:
        """The last line that it wrote."""
        if not self._output.exists():
            return ""
        return (self._output.read_text(encoding="utf-8", errors="replace").strip().splitlines() or [""])[-1]

    @property
    def _output(self) -> Path:
        """A file for each life."""
        return self._folder / f"{self.name}-{self._lives:03d}.log"


class Crew:
    """All processes of one stage, by name."""

    def __init__(self) -> None:
        self._kept: dict[str, KeptProcess] = {}

    def __getitem__(self, name: str) -> KeptProcess:
        return self._kept[name]

    def __iter__(self) -> Iterator[KeptProcess]:
        return iter(self._kept.values())

    def add(self, name: str, launch: Launch) -> KeptProcess:
        self._kept[name] = KeptProcess(name, launch)
        return self._kept[name]

    def deaths(self) -> list[Death]:
        return sorted((death for kept in self for death in kept.deaths), key=lambda death: death.at)

    async def stop(self, *names: str) -> None:
        """Those first that others do not need."""
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(self._kept[name].stop())
