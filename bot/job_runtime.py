"""One long-lived event loop and one open container for all jobs of a worker.

RQ's own way, a fresh loop for every coroutine job, breaks clients that live longer than a job.
"""

import asyncio
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import Any, Generic, Self, TypeVar

from loguru import logger

Container = TypeVar("Container")
Result = TypeVar("Result")

START_SECONDS = 60.0
STOP_SECONDS = 30.0
LOOK_EVERY_SECONDS = 1.0


class JobRuntime(Generic[Container]):
    """A context manager of the worker's main thread. `beside` runs on the loop until its event is set, and may then
    finish what it is doing."""

    def __init__(
        self,
        open_container: Callable[[], AbstractAsyncContextManager[Container]],
        beside: Callable[[Container, asyncio.Event], Awaitable[None]],
    ) -> None:
        self._open_container = open_container
        self._beside = beside
        self._opened: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event, Container]] = Future()
        self.is_broken = False
        """The loop ended by an error after it was up; the main thread was told by SIGTERM."""
        self._thread = threading.Thread(target=self._run_loop, name="jobs", daemon=True)

    def __enter__(self) -> Self:
        """Raises what the container raised when it could not be opened."""
        self._thread.start()
        self._opened.result(START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        loop, stop, _container = self._opened.result()
        if not loop.is_closed():
            loop.call_soon_threadsafe(stop.set)
        self._thread.join(STOP_SECONDS)

    def run(
        self, work: Callable[[Container], Coroutine[Any, Any, Result]], *, while_waiting: Callable[[], None]
    ) -> Result:
        """Run `work` on the loop and wait; `while_waiting` is called about once a second in this thread.

        An exception in this thread (RQ's timeout, a cold shutdown) cancels the work.
        """
        loop, _stop, container = self._opened.result()
        future = asyncio.run_coroutine_threadsafe(work(container), loop)
        try:
            while True:
                try:
                    return future.result(LOOK_EVERY_SECONDS)
                except TimeoutError:
                    if future.done():
                        raise
                    while_waiting()
        except BaseException:
            future.cancel()
            raise

    def call(self, action: Callable[[Container], None]) -> None:
        """Start a short action on the loop, from any thread or signal handler, without waiting."""
        loop, _stop, container = self._opened.result()
        if not loop.is_closed():
            loop.call_soon_threadsafe(action, container)

    def _run_loop(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # noqa: BLE001 - the main thread must hear of it, whatever it is
            if not self._opened.done():
                self._opened.set_exception(error)
                return
            logger.opt(exception=error).error("the event loop of the jobs ended")
            self.is_broken = True
            os.kill(os.getpid(), signal.SIGTERM)

    async def _serve(self) -> None:
        stop = asyncio.Event()
        async with self._open_container() as container:
            self._opened.set_result((asyncio.get_running_loop(), stop, container))
            await self._beside(container, stop)
            await stop.wait()
