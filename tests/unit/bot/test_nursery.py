import asyncio
import gc
import inspect
import io
from collections.abc import Iterator

import pytest
from loguru import logger

from bot.nursery import Nursery


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    sink = logger.add(stream, format="{level} {message}", backtrace=False, diagnose=False)
    yield stream
    logger.remove(sink)


async def test_work_that_nobody_else_holds_is_finished() -> None:
    nursery, done = Nursery(), []

    async def work(number: int) -> None:
        await asyncio.sleep(0)
        done.append(number)

    for number in range(100):
        nursery.start(work(number), name=f"work {number}")
    gc.collect()
    await nursery.drain(5)
    assert sorted(done) == list(range(100))
    assert len(nursery) == 0


async def test_a_failure_is_told_by_name_and_takes_nobody_with_it(log: io.StringIO) -> None:
    nursery, done = Nursery(), asyncio.Event()

    async def fail() -> None:
        raise ValueError("words of a person")

    async def succeed() -> None:
        await asyncio.sleep(0.01)
        done.set()

    nursery.start(fail(), name="generation 7")
    nursery.start(succeed(), name="generation 8")
    await nursery.drain(5)
    assert done.is_set()
    assert "ERROR Background task failed: generation 7" in log.getvalue()


async def test_what_does_not_end_in_time_is_cancelled_and_can_clean_up(log: io.StringIO) -> None:
    nursery, cleaned = Nursery(), asyncio.Event()

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    nursery.start(endless(), name="endless")
    await asyncio.sleep(0)
    await nursery.drain(0.01)
    assert cleaned.is_set()
    assert "Cancelled at shutdown: endless" in log.getvalue()


async def test_work_started_while_draining_is_waited_for_and_refused_after() -> None:
    nursery, done = Nursery(), asyncio.Event()

    async def second() -> None:
        await asyncio.sleep(0.01)
        done.set()

    async def first() -> None:
        await asyncio.sleep(0.01)
        nursery.start(second(), name="second")

    nursery.start(first(), name="first")
    await nursery.drain(5)
    assert done.is_set()
    late = second()
    with pytest.raises(RuntimeError, match="shutting down"):
        nursery.start(late, name="late")
    assert inspect.getcoroutinestate(late) == inspect.CORO_CLOSED
