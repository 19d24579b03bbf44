"""The one place where work goes on after its starter returned."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from loguru import logger


class Nursery:
    """Implements `services.assistant.ports.TaskNursery`.

    The event loop keeps weak references to tasks only; here they are held until done. A task that fails is logged and
    takes nobody with it, unlike in a TaskGroup.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[Any, Any, None], *, name: str) -> None:
        """Run `work` on the current loop. Raises RuntimeError when the nursery is closed."""
        if self._closed:
            work.close()
            raise RuntimeError(f"{name}: the process is shutting down")
        task = asyncio.create_task(work, name=name)  # noqa: TID251 - the one place that may: see the module's first line
        self._tasks.add(task)
        task.add_done_callback(self._forget)

    async def drain(self, timeout: float) -> None:
        """Wait up to `timeout` seconds for everything, started meanwhile too; then close and cancel what is left."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while (others := self._others()) and (left := deadline - loop.time()) > 0:
            await asyncio.wait(others, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        self._closed = True
        unfinished = self._others()
        for task in unfinished:
            task.cancel()
        if unfinished:
            logger.warning("Cancelled at shutdown: {}", ", ".join(sorted(task.get_name() for task in unfinished)))
            await asyncio.wait(unfinished, timeout=5.0)

    def _others(self) -> set[asyncio.Task[None]]:
        return self._tasks - {asyncio.current_task()}  # draining from inside is allowed

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.opt(exception=error).error("Background task failed: {}", task.get_name())
