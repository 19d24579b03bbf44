"""Several processes on one Redis: late calls, an emptied Redis, and a strict server that counts what arrives."""

import asyncio
import random
from bisect import insort
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis.asyncio import Redis

from services.delivery.local_limiter import LocalRateLimiter
from services.delivery.ports import Priority
from services.delivery.redis_limiter import GUARD_SECONDS, RedisRateLimiter
from tests.contract.limiter_senders import LIMITS, Senders, Sent, check_limits
from tests.virtual_time import VirtualTimeRedis, run_in_virtual_time

GROUP, CHAT = -100, 7
PATIENCE = 1_000.0
"""Seconds of virtual time, of which there is plenty: who is not done by then never will be."""


@dataclass
class House:
    """Processes with their own memory, on one Redis."""

    client: Redis
    limiters: list[RedisRateLimiter]

    async def lose_redis(self) -> None:
        await self.client.flushall()

    @asynccontextmanager
    async def guarded(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            guards = [group.create_task(limiter.guard()) for limiter in self.limiters]
            await asyncio.sleep(2)
            yield
            for guard in guards:
                guard.cancel()


@asynccontextmanager
async def house(url: str, processes: int = 2) -> AsyncIterator[House]:
    client = VirtualTimeRedis.from_url(url)
    await client.flushall()
    loop = asyncio.get_running_loop()
    limiters = [RedisRateLimiter(client, LIMITS, clock=loop.time) for _ in range(processes)]
    yield House(client, limiters)
    await client.aclose()


@dataclass
class StrictServer:
    """Counts calls where they arrive: a way there of 20 ms, and more for some."""

    delay: Callable[[], float]
    arrived: list[float] = field(default_factory=list)
    refused: int = 0

    async def call(self, limiter: RedisRateLimiter, chat_id: int, priority: Priority) -> None:
        slot = await limiter.acquire(chat_id, priority)
        await asyncio.sleep(0.02 + self.delay())
        now = asyncio.get_running_loop().time()
        recent = [moment for moment in self.arrived if now - 1.0 < moment <= now]
        if len(recent) >= 30:
            self.refused += 1
        else:
            insort(self.arrived, now)
        await asyncio.sleep(0.02)
        await limiter.landed(slot)


@pytest.mark.parametrize("seed", range(3))
def test_calls_that_get_through_late_never_crowd_a_second(valkey_url: str, seed: int) -> None:
    """One call in ten hangs for up to a third of a second, and now and then a whole process does."""
    chance = random.Random(seed)
    stalled_until = [0.0]

    def delay() -> float:
        now = asyncio.get_running_loop().time()
        if chance.random() < 0.01:
            stalled_until[0] = now + 0.2
        return max(stalled_until[0] - now, chance.uniform(0, 0.3) if chance.random() < 0.1 else 0.0, 0.0)

    async def work() -> float:
        async with house(valkey_url) as ours, ours.guarded():
            server = StrictServer(delay)
            began = asyncio.get_running_loop().time()
            async with asyncio.TaskGroup() as group:
                for number in range(300):
                    limiter = ours.limiters[number % 2]
                    group.create_task(server.call(limiter, 1000 + number, Priority.NOTIFICATION))
            assert server.refused == 0
            assert len(server.arrived) == 300
            return asyncio.get_running_loop().time() - began

    assert run_in_virtual_time(work) <= 16


def test_without_lateness_a_thousand_messages_take_what_the_limit_takes(valkey_url: str) -> None:
    async def work() -> float:
        async with house(valkey_url) as ours, ours.guarded():
            server = StrictServer(lambda: 0.0)
            began = asyncio.get_running_loop().time()
            async with asyncio.TaskGroup() as group:
                for number in range(1000):
                    limiter = ours.limiters[number % 2]
                    group.create_task(server.call(limiter, 1000 + number, Priority.NOTIFICATION))
            assert server.refused == 0
            return asyncio.get_running_loop().time() - began

    assert run_in_virtual_time(work) <= 34.0


def test_an_emptied_redis_forgets_no_penalty_and_no_window(valkey_url: str) -> None:
    """Process 0 used the group's window and met a penalty; then Redis is emptied, and process 1 speaks."""

    async def work() -> None:
        async with house(valkey_url) as ours, ours.guarded():
            senders = Senders(list(ours.limiters))
            for _ in range(20):
                await senders.send(GROUP, Priority.FINAL, 0)
            await ours.limiters[0].freeze(CHAT, 40)
            frozen_at = asyncio.get_running_loop().time()
            await ours.lose_redis()
            async with asyncio.TaskGroup() as group:
                group.create_task(senders.send(GROUP, Priority.FINAL, 1))
                group.create_task(senders.send(CHAT, Priority.FINAL, 1))
            check_limits(senders.sent)
            assert senders.moments(GROUP)[-1] - senders.moments(GROUP)[0] <= 66
            assert 40 <= senders.moments(CHAT)[0] - frozen_at <= 41

    run_in_virtual_time(work)


def test_everybody_goes_on_soon_after_redis_was_emptied(valkey_url: str) -> None:
    async def work() -> None:
        async with house(valkey_url) as ours, ours.guarded():
            senders = Senders(list(ours.limiters))
            async with asyncio.TaskGroup() as group:
                for number in range(200):
                    group.create_task(senders.send(1000 + number, Priority.NOTIFICATION, number))
                await asyncio.sleep(2)
                await ours.lose_redis()
            check_limits(senders.sent)
            moments = sorted(call.at for call in senders.sent)
            assert moments[-1] - moments[0] <= 200 / LIMITS.per_second + 2.5

    run_in_virtual_time(work)


def test_every_process_hears_of_every_penalty(valkey_url: str) -> None:
    """So that each keeps it when Redis goes away."""

    async def work() -> None:
        async with house(valkey_url, processes=3) as ours, ours.guarded():
            await ours.limiters[0].freeze(CHAT, 300)
            await asyncio.sleep(2 * GUARD_SECONDS)
            for limiter in ours.limiters:
                assert limiter.history.frozen_for(CHAT) == pytest.approx(299, abs=1)

    run_in_virtual_time(work)


def test_slots_taken_alone_count_again_in_the_shared_windows(valkey_url: str) -> None:
    """While Redis is not asked, and its guard has found it there already, a process goes on pacing itself."""

    async def work() -> None:
        async with house(valkey_url, processes=1) as ours, ours.guarded():
            (shared,) = ours.limiters
            alone = LocalRateLimiter(LIMITS.shared_by(2), shared.history)
            senders = Senders([shared, alone])
            await senders.send(CHAT, Priority.FINAL, 0)
            for _ in range(10):
                await senders.send(GROUP, Priority.FINAL, 1)
            await asyncio.sleep(2 * GUARD_SECONDS)
            for _ in range(12):
                await senders.send(GROUP, Priority.FINAL, 0)
            check_limits(senders.sent)
            assert senders.moments(GROUP)[-1] >= LIMITS.group_window

    run_in_virtual_time(work)


TRAFFIC = st.lists(
    st.tuples(
        st.floats(0, 90),
        st.sampled_from([CHAT, 8, GROUP, -200]),
        st.sampled_from([Priority.FINAL, Priority.REPLY, Priority.NOTIFICATION]),
        st.integers(0, 1),
    ),
    max_size=80,
)


@settings(
    max_examples=15, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(calls=TRAFFIC, flushes=st.lists(st.floats(0, 90), max_size=3), penalties=st.lists(st.floats(0, 90), max_size=3))
def test_no_traffic_breaks_a_limit_even_when_redis_is_emptied_meanwhile(
    valkey_url: str, calls: list[tuple[float, int, Priority, int]], flushes: list[float], penalties: list[float]
) -> None:
    async def work() -> None:
        async with house(valkey_url) as ours, ours.guarded():
            senders = Senders(list(ours.limiters))
            frozen: list[tuple[float, float]] = []

            async def one(delay: float, chat_id: int, priority: Priority, process: int) -> None:
                await asyncio.sleep(delay)
                await senders.send(chat_id, priority, process)

            async def lose(delay: float) -> None:
                await asyncio.sleep(delay)
                await ours.lose_redis()

            async def punish(delay: float) -> None:
                await asyncio.sleep(delay)
                now = asyncio.get_running_loop().time()
                await ours.limiters[0].freeze(CHAT, 20)
                frozen.append((now, now + 20))

            async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as group:
                for call in calls:
                    group.create_task(one(*call))
                for moment in flushes:
                    group.create_task(lose(moment))
                for moment in penalties:
                    group.create_task(punish(moment))
            check_limits(senders.sent)
            assert len(senders.sent) == len(calls)
            assert not early(senders.sent, frozen)

    run_in_virtual_time(work)


def early(sent: list[Sent], frozen: list[tuple[float, float]]) -> list[float]:
    """A slot that another process took less than its way ahead of the penalty is on its way already."""
    ahead = 2 * LIMITS.gap + 0.001
    return [
        call.at
        for call in sent
        if call.chat_id == CHAT and any(begin + ahead < call.at < end - 0.001 for begin, end in frozen)
    ]
