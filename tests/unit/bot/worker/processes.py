"""Worker processes of the tests: forked, because the imports are done, and killed at the end."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.context import ForkProcess
from pathlib import Path

from bot.jobs import FUNCTIONS
from services.queue.ports import JobName
from services.queue.rq_queue import RqJobQueue

FORK = multiprocessing.get_context("fork")


@contextmanager
def worker(body: Callable[..., object], *arguments: object) -> Iterator[ForkProcess]:
    """A worker process; killed at the end of the block if it is still there."""
    process = FORK.Process(target=body, args=arguments)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def stop(process: ForkProcess) -> int | None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGTERM)
    process.join(20)
    return process.exitcode


def enqueue(redis_url: str, job: JobName, functions: Mapping[JobName, str] = FUNCTIONS, **facts: int | str) -> None:
    async def work() -> None:
        queue = RqJobQueue(redis_url, functions)
        await queue.enqueue(job, **facts)
        await queue.aclose()

    asyncio.run(work())


def depth(redis_url: str) -> int:
    async def work() -> int:
        queue = RqJobQueue(redis_url, FUNCTIONS)
        waiting = await queue.depth()
        await queue.aclose()
        return sum(waiting.values())

    return asyncio.run(work())


def lines(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0
