"""What every rate limiter keeps: Telegram's limits whatever is asked, and the urgent first.

Runs in virtual time; the Redis one talks to a real server all the same.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.delivery.local_limiter import LocalRateLimiter
from services.delivery.ports import Priority, RateLimiter
from services.delivery.redis_limiter import RedisRateLimiter
from tests.contract.limiter_senders import LIMITS, ROUNDING, Opened, Senders, check_limits, run, wait_for_slot
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.virtual_time import VirtualTimeRedis

PRIVATE, OTHER, GROUP = 7, 8, -100


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
            limiters = [RedisRateLimiter(client, LIMITS, clock=loop.time) for _ in range(2)]
            for limiter in limiters:
                await limiter.greet()
            await asyncio.sleep(2)  # an empty Redis makes everybody wait: that is another test's subject
            yield list(limiters)
            await client.aclose()

        return shared

    @asynccontextmanager
    async def alone() -> AsyncIterator[list[RateLimiter]]:
        yield [LocalRateLimiter(LIMITS) if request.param == "local" else FakeRateLimiter(LIMITS)]

    return alone


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
        assert moments[-1] - moments[0] <= 300 / 29.6
        gaps = [later - earlier for earlier, later in pairwise(moments)]
        assert min(gaps) >= LIMITS.closest - ROUNDING
        assert max(gaps) <= 2 * LIMITS.gap
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


@pytest.mark.parametrize(("chat_id", "longest", "previews"), [(PRIVATE, 0.7, 130), (GROUP, 0.3, 36)])
def test_a_final_never_waits_long_behind_previews(opened: Opened, chat_id: int, longest: float, previews: int) -> None:
    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        for _round in range(3):
            for _tick in range(300):
                await senders.preview(chat_id)
                await asyncio.sleep(0.2)
            assert await senders.send(chat_id, Priority.FINAL) <= longest
        check_limits(senders.sent)
        assert sum(call.priority is Priority.PREVIEW for call in senders.sent) >= previews

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
            shown += await wait_for_slot(limiters[0], PRIVATE, Priority.DRAFT) == 0
            await asyncio.sleep(0.1)
        assert 10 / LIMITS.draft_period * 0.8 <= shown <= 10 / LIMITS.draft_period + 1
        assert await senders.send(PRIVATE, Priority.FINAL) == 0
        assert await senders.send(PRIVATE, Priority.FINAL) <= 4 * LIMITS.gap

    run(opened, scenario)


def test_a_frozen_chat_waits_and_the_others_do_not(opened: Opened) -> None:
    async def scenario(senders: Senders, limiters: list[RateLimiter]) -> None:
        await limiters[-1].freeze(PRIVATE, 30)
        await limiters[-1].freeze(PRIVATE, 5)  # a shorter penalty does not shorten the longer one
        assert await wait_for_slot(limiters[0], PRIVATE, Priority.DRAFT) == pytest.approx(30, abs=0.1)
        assert await limiters[0].frozen_for(PRIVATE) == pytest.approx(30, abs=0.1)
        assert await limiters[0].frozen_for(OTHER) == 0
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


@pytest.mark.parametrize("priority", [Priority.FINAL, Priority.REPLY, Priority.NOTIFICATION])
def test_the_group_budget_is_used_up_without_waste(opened: Opened, priority: Priority) -> None:
    """60 messages need 120 s at least with 20 a minute; nobody types, so nothing is kept back."""

    async def scenario(senders: Senders, _: list[RateLimiter]) -> None:
        async with asyncio.TaskGroup() as group:
            for number in range(60):
                group.create_task(senders.send(GROUP, priority, number))
        moments = senders.moments(GROUP)
        check_limits(senders.sent)
        assert moments[-1] - moments[0] <= 126

    run(opened, scenario)


@pytest.mark.parametrize(("priority", "kept"), [(Priority.REPLY, 1), (Priority.NOTIFICATION, 2)])
def test_a_final_that_is_expected_in_a_group_has_its_slot(opened: Opened, priority: Priority, kept: int) -> None:
    async def scenario(senders: Senders, limiters: list[RateLimiter]) -> None:
        async def type_on() -> None:
            while True:
                await limiters[-1].expect_final(GROUP)
                await asyncio.sleep(4)

        async with asyncio.TaskGroup() as group:
            typing = group.create_task(type_on())
            await asyncio.sleep(0.1)
            others = [group.create_task(senders.send(GROUP, priority)) for _ in range(25)]
            await asyncio.sleep(30)
            assert len(senders.sent) == 20 - kept
            assert await senders.send(GROUP, Priority.FINAL) <= 2 * LIMITS.gap
            typing.cancel()
            await asyncio.sleep(7)
            assert len(senders.sent) == 20, "nobody types any more"
            for other in others:
                other.cancel()
        check_limits(senders.sent)

    run(opened, scenario)


def test_a_call_that_arrives_late_shifts_the_windows(opened: Opened) -> None:
    """Three calls quick as usual, then three that took two seconds: the chat's window begins where they arrived."""

    async def scenario(senders: Senders, limiters: list[RateLimiter]) -> None:
        for delay in (0.02, 2.02):
            slots = []
            for _ in range(3):
                slots.append(await limiters[0].acquire(OTHER, Priority.FINAL))
                await asyncio.sleep(0.02)
            await asyncio.sleep(delay - 0.02)
            for slot in slots[::-1]:
                await limiters[0].landed(slot)
            await asyncio.sleep(10 if delay < 1 else 0)
        arrived = asyncio.get_running_loop().time()
        await limiters[-1].acquire(OTHER, Priority.FINAL)
        assert asyncio.get_running_loop().time() - arrived >= 2.7

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
