"""The kill switch inside one process: what ends, what goes on, and how soon."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import aclosing

import pytest

from services.calling.halt_watch import HaltWatch
from services.calling.ledger_entry import error_code_of, outcome_of
from services.domain.errors import GenerationHalted
from services.domain.usage import CallOutcome

EVERYTHING, OURS, THEIRS = frozenset({0}), frozenset({7}), frozenset({8})


async def never(cancelled: list[str], name: str) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        cancelled.append(name)


@pytest.mark.parametrize("halted", [EVERYTHING, OURS])
async def test_a_call_that_waits_ends_at_once(halted: frozenset[int]) -> None:
    watch, cancelled = HaltWatch(), list[str]()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(_outcome(watch.during(7, never(cancelled, "call"))))
        await asyncio.sleep(0)
        assert watch.learn(THEIRS) == 0
        assert not call.done()
        assert watch.learn(halted) == 1
        assert watch.learn(halted) == 0, "it is ending already"
    assert call.result() == "halted"
    assert cancelled == ["call"]


async def test_calls_of_other_projects_and_of_none_go_on() -> None:
    watch = HaltWatch()
    watch.learn(OURS)
    assert await watch.during(8, asyncio.sleep(0, "done")) == "done"
    assert await watch.during(None, asyncio.sleep(0, "done")) == "done"
    watch.learn(EVERYTHING)
    assert await _outcome(watch.during(None, never([], ""))) == "halted"
    watch.learn(frozenset())
    assert await watch.during(7, asyncio.sleep(0, "done")) == "done"


async def test_a_stream_ends_between_two_parts_and_its_reader_is_not_cancelled() -> None:
    watch, closed, read = HaltWatch(), list[str](), list[int]()

    async def numbers() -> AsyncGenerator[int, None]:
        try:
            for number in range(100):
                yield number
        finally:
            closed.append("stream")

    async def reader() -> None:
        parts = numbers()
        async with aclosing(parts), aclosing(watch.each(7, parts)) as going:
            async for number in going:
                await asyncio.sleep(0)  # what is done with a part goes through, whatever happens meanwhile
                read.append(number)
                if number == 2:
                    watch.learn(OURS)
                    await asyncio.sleep(0)
                    read.append(-1)

    assert await _outcome(reader()) == "halted"
    assert read == [0, 1, 2, -1]
    assert closed == ["stream"]


async def test_a_stream_that_hangs_ends_too() -> None:
    watch, closed = HaltWatch(), list[str]()

    async def hanging() -> AsyncGenerator[int, None]:
        yield 1
        await never(closed, "stream")

    parts = hanging()

    async def read() -> str:
        async with aclosing(parts), aclosing(watch.each(7, parts)) as going:
            async for _ in going:
                pass
        return "read"

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(_outcome(read()))
        for _ in range(5):
            await asyncio.sleep(0)
        watch.learn(OURS)
    assert (reading.result(), closed) == ("halted", ["stream"])


async def test_a_time_out_of_the_call_itself_stays_one() -> None:
    async def slow() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await HaltWatch().during(7, slow())


async def test_whoever_cancels_the_task_is_not_taken_for_the_switch() -> None:
    watch, cancelled = HaltWatch(), list[str]()
    async with asyncio.TaskGroup() as group:
        call = group.create_task(_outcome(watch.during(7, never(cancelled, "call"))))
        await asyncio.sleep(0)
        call.cancel()
    assert call.cancelled()
    assert watch.learn(EVERYTHING) == 0, "nothing is remembered of it"


def test_in_the_ledger_it_is_a_stop_that_may_have_cost_something() -> None:
    assert outcome_of(GenerationHalted()) is CallOutcome.STOPPED
    assert error_code_of(GenerationHalted()) == "generation_halted"
    assert error_code_of(asyncio.CancelledError()) is None


async def _outcome(work: Awaitable[object]) -> str:
    try:
        await work
    except GenerationHalted:
        return "halted"
    return "done"
