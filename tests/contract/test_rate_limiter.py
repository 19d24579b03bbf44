"""What every rate limiter keeps: Telegram's limits whatever is asked, and the urgent first.

Runs in virtual time; the Redis one talks to a real server all the same.
"""

import asyncio
from bisect import bisect_left
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.delivery.limits import Limits
from services.delivery.local_limiter import LocalRateLimiter
from services.delivery.ports import Priority, RateLimiter
from services.delivery.redis_limiter import RedisRateLimiter
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.virtual_time import VirtualTimeRedis, run_in_virtual_time

ROUNDING = 1e-3
"""Seconds; the script counts in microseconds, the loop in floats."""
PRIVATE, OTHER, GROUP = 7, 8, -100
LIMITS = Limits()

Opened = Callable[[], AbstractAsyncContextManager[list[RateLimiter]]]


@pytest.fixture(params=["redis", "local", "fake"])
def opened(request: pytest.FixtureRequest) -> Opened:
    """Opens the limiters of two processes that share limits; one process where nothing can be shared."""
    if request.param == "redis":
        url = request.getfixturevalue("valkey_url")

        @asynccontextmanager
        async def shared() -> AsyncIterator[list[RateLimiter]]:
            client = VirtualTimeRedis.from_url(url)
            loop = asyncio.get_running_loop()
            await client.flushall()
            yield [RedisRateLimiter(client, LIMITS, clock=loop.time) for _ in range(2)]
            await client.aclose()

        return shared

    @asynccontextmanager
    async def alone() -> AsyncIterator[list[RateLimiter]]:
        yield [LocalRateLimiter(LIMITS) if request.param == "local" else FakeRateLimiter(LIMITS)]

    return alone


@dataclass(frozen=True)
class Sent:
    at: float
    chat_id: int
    priority: Priority


class Senders:
    """Calls of all processes, with the moments at which they were let through."""

    def __init__(self, limiters: list[RateLimiter]) -> None:
        self._limiters = limiters
        self.sent: list[Sent] = []

    async def send(self, chat_id: int, priority: Priority, process: int = 0) -> float:
        """Seconds waited."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        await self._limiters[process % len(self._limiters)].acquire(chat_id, priority)
        self.sent.append(Sent(loop.time(), chat_id, priority))
        return loop.time() - began

    async def preview(self, chat_id: int, process: int = 0) -> float:
        wait = await self._limiters[process % len(self._limiters)].try_acquire(chat_id, Priority.PREVIEW)
        if wait == 0:
            self.sent.append(Sent(asyncio.get_running_loop().time(), chat_id, Priority.PREVIEW))
        return wait


def run(opened: Opened, scenario: Callable[[Senders, list[RateLimiter]], Awaitable[None]]) -> None:
    async def work() -> None:
        async with opened() as limiters:
            await scenario(Senders(limiters), limiters)

    run_in_virtual_time(work)


def most_within(moments: list[float], seconds: float) -> int:
    moments = sorted(moments)
    return max(
        (bisect_left(moments, moment + seconds - ROUNDING) - index for index, moment in enumerate(moments)), default=0
    )


def check_limits(sent: list[Sent]) -> None:
    assert most_within([call.at for call in sent], 1.0) <= 30
    chats: dict[int, list[float]] = defaultdict(list)
    for call in sent:
        chats[call.chat_id].append(call.at)
    for chat_id, moments in chats.items():
        for seconds in (1.0, 5.0, 20.0):
            assert most_within(moments, seconds) <= LIMITS.chat_burst + seconds / LIMITS.chat_period
        if chat_id < 0:
            assert most_within(moments, 60.0) <= 20


CALLS = st.lists(
    st.tuples(
        st.floats(0, 5),
        st.sampled_from([PRIVATE, OTHER, GROUP, -200, 11, 12]),
        st.sampled_from([Priority.FINAL, Priority.REPLY, Priority.NOTIFICATION, Priority.PREVIEW]),
        st.integers(0, 1),
    ),
    max_size=60,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(calls=CALLS)
def test_no_sequence_of_calls_breaks_a_limit(opened: Opened, calls: list[tuple[float, int, Priority, int]]) -> None:
    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        async def one(delay: float, chat_id: int, priority: Priority, process: int) -> None:
            await asyncio.sleep(delay)
            if priority is Priority.PREVIEW:
                await senders.preview(chat_id, process)
            else:
                await senders.send(chat_id, priority, process)

        async with asyncio.TaskGroup() as group:
            for call in calls:
                group.create_task(one(*call))
        check_limits(senders.sent)
        expected = sum(priority is not Priority.PREVIEW for _, _, priority, _ in calls)
        assert sum(call.priority is not Priority.PREVIEW for call in senders.sent) == expected

    run(opened, scenario)


def test_a_broadcast_goes_at_the_full_even_pace(opened: Opened) -> None:
    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(300):
                group.create_task(senders.send(1000 + number, Priority.NOTIFICATION, number))
        moments = sorted(call.at for call in senders.sent)
        assert moments[-1] - moments[0] <= 300 / 28.5
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert min(gaps) >= LIMITS.gap - ROUNDING
        check_limits(senders.sent)

    run(opened, scenario)


@pytest.mark.parametrize("process", [0, 1])
def test_a_reply_does_not_wait_for_a_broadcast(opened: Opened, process: int) -> None:
    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(200):
                group.create_task(senders.send(1000 + number, Priority.NOTIFICATION, 1))
            for number in range(10):
                await asyncio.sleep(0.4)
                assert await senders.send(2000 + number, Priority.FINAL, process) <= 4 * LIMITS.gap

    run(opened, scenario)


def test_finals_go_before_replies_before_notifications(opened: Opened) -> None:
    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        async with asyncio.TaskGroup() as group:
            for number, priority in enumerate([Priority.NOTIFICATION, Priority.REPLY, Priority.FINAL] * 10):
                group.create_task(senders.send(number + 1, priority))
        order = [call.priority for call in sorted(senders.sent, key=lambda call: call.at)]
        assert order[4:] == sorted(order[4:])  # the first ones had booked before the others came

    run(opened, scenario)


@pytest.mark.parametrize("chat_id", [PRIVATE, GROUP])
def test_previews_always_leave_a_slot_for_the_final(opened: Opened, chat_id: int) -> None:
    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        for _round in range(3):
            for _tick in range(300):
                await senders.preview(chat_id)
                await asyncio.sleep(0.2)
            assert await senders.send(chat_id, Priority.FINAL) <= 2 * LIMITS.gap
        check_limits(senders.sent)
        shown = sum(call.priority is Priority.PREVIEW for call in senders.sent)
        assert shown >= (3 * 60 * 0.9 if chat_id > 0 else 3 * 12)

    run(opened, scenario)


def test_previews_give_way_while_messages_wait(opened: Opened) -> None:
    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(60):
                group.create_task(senders.send(1000 + number, Priority.NOTIFICATION))
            await asyncio.sleep(0.1)
            for number in range(20):
                assert await senders.preview(3000 + number) > 0
                await asyncio.sleep(0.05)

    run(opened, scenario)


def test_drafts_keep_their_own_pace_and_spend_no_message_slots(opened: Opened) -> None:
    async def scenario(senders: Senders, limiters: list[RateLimiter]) -> None:
        shown = 0
        for _ in range(100):
            shown += await limiters[0].try_acquire(PRIVATE, Priority.DRAFT) == 0
            await asyncio.sleep(0.1)
        assert 10 / LIMITS.draft_period * 0.8 <= shown <= 10 / LIMITS.draft_period + 1
        assert await senders.send(PRIVATE, Priority.FINAL) == 0
        assert await senders.send(PRIVATE, Priority.FINAL) <= 2 * LIMITS.gap

    run(opened, scenario)


def test_a_frozen_chat_waits_and_the_others_do_not(opened: Opened) -> None:
    async def scenario(senders: Senders, limiters: list[RateLimiter]) -> None:
        await limiters[-1].freeze(PRIVATE, 30)
        await limiters[-1].freeze(PRIVATE, 5)  # a shorter penalty does not shorten the longer one
        assert await limiters[0].try_acquire(PRIVATE, Priority.DRAFT) == pytest.approx(30, abs=0.1)
        async with asyncio.TaskGroup() as group:
            frozen = group.create_task(senders.send(PRIVATE, Priority.FINAL))
            other = group.create_task(senders.send(OTHER, Priority.NOTIFICATION))
        assert other.result() < 0.1
        assert 30 - ROUNDING <= frozen.result() < 30.2

    run(opened, scenario)


def test_a_freeze_of_all_chats_stops_everybody(opened: Opened) -> None:
    async def scenario(senders: Senders, limiters: list[RateLimiter]) -> None:
        await limiters[-1].freeze(None, 10)
        async with asyncio.TaskGroup() as group:
            waits = [group.create_task(senders.send(number + 1, Priority.FINAL, number)) for number in range(10)]
        assert min(task.result() for task in waits) >= 10 - ROUNDING
        assert max(task.result() for task in waits) < 11

    run(opened, scenario)


def test_the_group_budget_is_used_up_without_waste(opened: Opened) -> None:
    """60 messages need 120 s at least with 20 a minute."""

    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(60):
                group.create_task(senders.send(GROUP, Priority.FINAL, number))
        moments = [call.at for call in senders.sent]
        check_limits(senders.sent)
        assert max(moments) - min(moments) <= 142

    run(opened, scenario)


def test_a_cancelled_caller_does_not_stop_the_line(opened: Opened) -> None:
    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(senders.send(number + 1, Priority.REPLY)) for number in range(60)]
            await asyncio.sleep(0.3)
            for task in tasks[::2]:
                task.cancel()
        assert await senders.send(5000, Priority.REPLY) <= 3 * LIMITS.gap

    run(opened, scenario)
