"""How often previews come: by age, by pressure, and back."""

import asyncio
from itertools import pairwise

import pytest
from aiogram.exceptions import TelegramForbiddenError, TelegramNetworkError
from aiogram.methods import GetMe
from hypothesis import given
from hypothesis import strategies as st

from handlers.pace import DRAFTS, EDITS, GROUP_EDITS, SLOWEST, Pace, Tempo
from handlers.streaming import Previews, keep_typing
from tests.virtual_time import run_in_virtual_time


def steady(low: float, high: float) -> float:
    return (low + high) / 2


class Dropped(Exception):
    def __init__(self, retry_after: float) -> None:
        self.retry_after = retry_after


def test_one_refusal_is_a_matter_of_timing() -> None:
    pace = Pace(EDITS, steady)
    assert pace.after_refused(3, asked=0.01) == pytest.approx(0.03)
    assert pace.after_shown(4) == EDITS.interval


def test_refusals_in_a_row_slow_down_and_success_brings_the_pace_back() -> None:
    pace = Pace(EDITS, steady)
    waits = [pace.after_refused(3, asked=0.05) for _ in range(12)]
    assert waits[0] < 0.1
    assert all(later >= earlier for earlier, later in pairwise(waits))
    assert waits[-1] == pytest.approx(SLOWEST)
    back = [pace.after_shown(4) for _ in range(12)]
    assert all(later <= earlier for earlier, later in pairwise(back))
    assert back[-1] == EDITS.interval


def test_what_telegram_asks_for_is_waited() -> None:
    assert Pace(EDITS, steady).after_refused(1, asked=35) > 35


@given(
    tempo=st.sampled_from([EDITS, GROUP_EDITS, DRAFTS, Tempo(0.1)]),
    events=st.lists(st.one_of(st.none(), st.floats(0, 60)), max_size=60),
    age=st.floats(0, 1000),
)
def test_a_pace_is_never_faster_than_its_tempo_nor_slower_than_asked(
    tempo: Tempo, events: list[float | None], age: float
) -> None:
    pace = Pace(tempo, steady)
    for asked in events:
        if asked is None:
            assert tempo.interval <= pace.after_shown(age) <= max(SLOWEST, tempo.interval * 3)
        else:
            assert asked < pace.after_refused(age, asked) <= max(asked, SLOWEST, tempo.interval * 3) + 0.1


def previews_of(refused_until: float, seconds: float) -> tuple[list[float], list[float]]:
    """(tries, shown) by the loop's clock, of a text that changes all the time."""
    tries: list[float] = []
    shown: list[float] = []

    async def scene() -> None:
        clock = asyncio.get_running_loop().time
        began = clock()

        async def show() -> None:
            tries.append(clock() - began)
            if clock() - began < refused_until:
                raise Dropped(0.05)
            shown.append(clock() - began)
            await asyncio.sleep(0.2)  # what a call to Telegram may take

        previews = Previews(show, asyncio.sleep, pace=Pace(EDITS, steady), refusals=(Dropped,))
        async with asyncio.TaskGroup() as group:
            running = group.create_task(previews.run())
            while clock() - began < seconds:
                previews.changed()
                await asyncio.sleep(0.02)
            running.cancel()

    run_in_virtual_time(scene)
    return tries, shown


def test_the_time_that_a_call_takes_is_no_pause_on_top() -> None:
    _, shown = previews_of(0, 15)
    assert all(later - earlier == pytest.approx(1.22, abs=0.03) for earlier, later in pairwise(shown))


def test_a_long_drought_costs_few_tries_and_ends_soon() -> None:
    tries, shown = previews_of(60, 100)
    assert len([moment for moment in tries if moment < 60]) <= 15
    assert shown[0] <= 60 + SLOWEST
    assert 1.8 <= shown[-1] - shown[-2] <= 3.1, "the pace of an old text, without pressure"


def test_typing_goes_on_through_trouble_and_ends_with_a_closed_chat() -> None:
    outcomes: list[Exception | None] = [
        None,
        Dropped(1.5),
        Dropped(35),
        TelegramNetworkError(method=GetMe(), message="timeout"),
        TelegramForbiddenError(method=GetMe(), message="bot was blocked by the user"),
    ]

    async def act() -> None:
        outcome = outcomes.pop(0)
        if outcome is not None:
            raise outcome

    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    run_in_virtual_time(lambda: keep_typing(act, sleep, (Dropped,)))
    assert outcomes == []
    assert pauses == [4.0, 1.5, 4.0, 4.0], "it comes back when a penalty ends, no sooner and not much later"
