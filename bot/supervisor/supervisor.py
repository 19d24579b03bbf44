"""Keeps a set of processes running: starts, restarts with back-off, stops in order."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from loguru import logger

from bot.supervisor.backoff import Backoff
from bot.supervisor.child import STOP_SECONDS, Child

CANNOT_WORK = 2
"""Exit code of a process whose settings cannot work: starting it again would not help."""


async def at_once() -> None:
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Supervised:
    name: str
    start: Callable[[], Awaitable[Child]]
    last_words: Callable[[], str] = str
    ready: Callable[[], Awaitable[None]] = at_once
    """Awaited once, after the first start and before those that come next."""
    is_server: bool = False
    """Servers are stopped last: the others still speak to them while they finish their work."""
    is_essential: bool = False
    """When its settings cannot work, nothing can."""
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    """Children are started in their order, each when the one before is ready; a death concerns nobody else."""

    def __init__(self, *, drain_seconds: float = 20.0) -> None:
        self._drain_seconds = drain_seconds
        self._stopping = asyncio.Event()
        self._running: dict[Supervised, Child] = {}
        self._exit_code = 0

    def stop(self, exit_code: int = 0) -> None:
        """Ask `run` to end; it stops everything first. Safe as a signal handler of the event loop."""
        self._exit_code = max(self._exit_code, exit_code)
        self._stopping.set()

    async def run(self, children: Sequence[Supervised]) -> int:
        """Until `stop`. Returns the exit code for the whole."""
        async with asyncio.TaskGroup() as group:
            starting = group.create_task(self._start_all(children, group))
            await self._stopping.wait()
            starting.cancel()
            await self._stop_all()
        return self._exit_code

    async def _start_all(self, children: Sequence[Supervised], group: asyncio.TaskGroup) -> None:
        for child in children:
            started = asyncio.Event()
            group.create_task(self._keep_running(child, started))
            await started.wait()
            await child.ready()

    async def _keep_running(self, child: Supervised, started: asyncio.Event) -> None:
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            since = loop.time()
            code = await self._run_once(child, started)
            if self._stopping.is_set() or self._gave_up(child, code):
                return
            delay = child.backoff.after(loop.time() - since)
            logger.warning(
                "{} ended with code {}; started again in {:.0f} s {}", child.name, code, delay, child.last_words()
            )
            await self._sleep(delay)

    async def _run_once(self, child: Supervised, started: asyncio.Event) -> int | None:
        """Exit code, or None when the process could not even be started."""
        try:
            running = await child.start()
        except OSError as error:
            logger.error("{} cannot be started: {}", child.name, error)
            return None
        finally:
            started.set()
        if self._stopping.is_set():
            await running.stop(STOP_SECONDS)
            return None
        self._running[child] = running
        logger.info("{} started", child.name)
        try:
            return await running.wait()
        finally:
            if not self._stopping.is_set():
                del self._running[child]

    def _gave_up(self, child: Supervised, code: int | None) -> bool:
        if code != CANNOT_WORK:
            return False
        logger.error("{} cannot work with these settings: it is not started again {}", child.name, child.last_words())
        if child.is_essential:
            self.stop(CANNOT_WORK)
        return True

    async def _sleep(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return

    async def _stop_all(self) -> None:
        for are_servers, seconds in ((False, self._drain_seconds), (True, STOP_SECONDS)):
            batch = [(child, running) for child, running in self._running.items() if child.is_server is are_servers]
            async with asyncio.TaskGroup() as group:
                for child, running in batch:
                    group.create_task(self._stop_one(child, running, seconds))

    async def _stop_one(self, child: Supervised, running: Child, seconds: float) -> None:
        if await running.stop(seconds):
            logger.info("{} stopped", child.name)
        else:
            logger.warning("{} did not end in {:.0f} s and was killed; its work is taken up again", child.name, seconds)
