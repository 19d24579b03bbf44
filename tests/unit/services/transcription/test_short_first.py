"""One at a time; notes before pieces of meetings; nobody is forgotten."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transcription.short_first import ShortFirst

NOTE, PIECE = 20_000, 2_000_000


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_short_ones_go_first_and_each_kind_in_its_order() -> None:
    turns, order = ShortFirst(), list[str]()
    hold = asyncio.Event()

    async def work(name: str, size: int) -> None:
        async with turns.turn(size):
            order.append(name)
            await hold.wait()

    async with asyncio.TaskGroup() as group:
        for name, size in (
            ("first", PIECE),
            ("piece 1", PIECE),
            ("note 1", NOTE),
            ("piece 2", PIECE),
            ("note 2", NOTE),
        ):
            group.create_task(work(name, size))
        await settle()
        assert (order, turns.waiting) == (["first"], 4)
        hold.set()
    assert order == ["first", "note 1", "note 2", "piece 1", "piece 2"]
    assert turns.waiting == 0


async def test_who_leaves_the_line_or_fails_holds_up_nobody() -> None:
    turns = ShortFirst()
    async with asyncio.TaskGroup() as group, turns.turn(NOTE):
        leaving = group.create_task(turns._take(NOTE))
        await settle()
        leaving.cancel()
        await settle()
        assert turns.waiting == 0
    with pytest.raises(ValueError, match="broken"):
        async with turns.turn(NOTE):
            raise ValueError("broken")
    async with asyncio.timeout(1), turns.turn(PIECE):
        pass


async def test_a_turn_that_comes_to_someone_who_just_left_is_passed_on() -> None:
    turns = ShortFirst()
    async with asyncio.TaskGroup() as group:
        await turns._take(NOTE)
        leaving, next_one = group.create_task(turns._take(NOTE)), group.create_task(turns._take(NOTE))
        await settle()
        turns._pass_on()
        leaving.cancel()  # its turn has come in this very moment
        async with asyncio.timeout(1):
            await next_one


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3)), max_size=12))
async def test_never_two_at_once_and_everybody_in_the_end(people: list[tuple[bool, int]]) -> None:
    turns, inside, served = ShortFirst(), 0, 0

    async def work(is_long: bool, steps: int) -> None:
        nonlocal inside, served
        async with turns.turn(PIECE if is_long else NOTE):
            inside += 1
            assert inside == 1
            for _ in range(steps):
                await asyncio.sleep(0)
            inside -= 1
            served += 1

    async with asyncio.TaskGroup() as group:
        for is_long, steps in people:
            group.create_task(work(is_long, steps))
    assert served == len(people)
