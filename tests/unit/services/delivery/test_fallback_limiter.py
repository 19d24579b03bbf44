import asyncio
import time

import pytest
from redis.exceptions import RedisError

from bot.limiter import open_limiter
from services.delivery.fallback_limiter import ASK_AGAIN_SECONDS, FallbackRateLimiter
from services.delivery.limits import Limits
from services.delivery.local_limiter import LocalRateLimiter
from services.delivery.ports import Priority
from services.delivery.redis_limiter import GUARD_SECONDS, SETTLING_SECONDS, RedisRateLimiter, open_redis
from tests.contract.limiter_senders import wait_for_slot
from tests.fakes.rate_limiter import FakeRateLimiter
from tests.fixtures_valkey import ValkeyServer

FAILURES = (RedisError, OSError)


class Monotonic:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def test_messages_go_on_while_redis_is_away_and_redis_is_asked_again(own_valkey: ValkeyServer) -> None:
    client = open_redis(own_valkey.url)
    local, clock = FakeRateLimiter(), Monotonic()
    limiter = FallbackRateLimiter(RedisRateLimiter(client), local, failures=FAILURES, monotonic=clock)
    await limiter.acquire(1, Priority.REPLY)
    assert not limiter.is_away
    own_valkey.stop()
    await limiter.acquire(2, Priority.REPLY)
    assert limiter.is_away
    assert [chat_id for _, chat_id, _ in local.granted] == [2]
    own_valkey.start()
    await limiter.acquire(3, Priority.REPLY)  # too early to ask again
    assert [chat_id for _, chat_id, _ in local.granted] == [2, 3]
    clock.now += ASK_AGAIN_SECONDS
    await limiter.acquire(4, Priority.REPLY)
    assert not limiter.is_away
    assert len(local.granted) == 2
    await client.aclose()


async def test_a_redis_that_hangs_delays_everybody_once_and_not_one_after_the_other(own_valkey: ValkeyServer) -> None:
    client = open_redis(own_valkey.url)
    local = FakeRateLimiter()
    limiter = FallbackRateLimiter(RedisRateLimiter(client), local, failures=FAILURES)
    await limiter.acquire(1, Priority.REPLY)
    own_valkey.pause()
    began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for chat_id in range(10, 40):
            group.create_task(limiter.acquire(chat_id, Priority.REPLY))
    assert len(local.granted) == 30
    assert time.monotonic() - began < 15, "thirty callers waited one after the other"
    own_valkey.resume()
    await client.aclose()


async def test_a_penalty_outlives_the_outage_of_redis(own_valkey: ValkeyServer) -> None:
    client = open_redis(own_valkey.url)
    limiter = FallbackRateLimiter(RedisRateLimiter(client), LocalRateLimiter(Limits()), failures=FAILURES)
    await limiter.freeze(7, 60)
    own_valkey.stop()
    assert await wait_for_slot(limiter, 7, Priority.REPLY) == pytest.approx(59, abs=2)
    assert await wait_for_slot(limiter, 8, Priority.REPLY) == pytest.approx(1, abs=0.5)  # the change of clocks
    await asyncio.sleep(1.1)
    assert await wait_for_slot(limiter, 8, Priority.REPLY) == 0
    await client.aclose()


async def test_two_processes_share_the_servers_clock(valkey_url: str) -> None:
    clients = [open_redis(valkey_url) for _ in range(2)]
    first, second = (RedisRateLimiter(client) for client in clients)
    await first.freeze(7, 60)
    assert await wait_for_slot(second, 7, Priority.FINAL) == pytest.approx(60, abs=2)
    await asyncio.sleep(SETTLING_SECONDS)  # Redis was empty
    assert await wait_for_slot(second, 8, Priority.FINAL) == 0
    assert 0 < await wait_for_slot(first, 9, Priority.PREVIEW) <= 0.04  # the slot over all chats was just taken
    for client in clients:
        await client.aclose()


async def test_the_scripts_survive_a_restart_of_redis(own_valkey: ValkeyServer) -> None:
    client = open_redis(own_valkey.url)
    limiter = RedisRateLimiter(client)
    await limiter.acquire(1, Priority.REPLY)
    own_valkey.stop()
    own_valkey.start()
    await limiter.acquire(1, Priority.REPLY)
    await client.aclose()


async def test_a_penalty_that_another_process_met_outlives_the_outage(own_valkey: ValkeyServer) -> None:
    clients = [open_redis(own_valkey.url) for _ in range(2)]
    async with open_limiter(clients[0]) as first, open_limiter(clients[1]) as second:
        await first.freeze(7, 60)
        await asyncio.sleep(2 * GUARD_SECONDS + 0.2)
        own_valkey.stop()
        assert await second.frozen_for(7) == pytest.approx(58, abs=3)
        assert await second.frozen_for(8) <= SETTLING_SECONDS
    for client in clients:
        await client.aclose()


async def test_what_was_sent_through_redis_counts_while_it_is_away(own_valkey: ValkeyServer) -> None:
    client = open_redis(own_valkey.url)
    async with open_limiter(client) as limiter:
        await asyncio.sleep(SETTLING_SECONDS)
        for _ in range(3):
            await limiter.acquire(7, Priority.REPLY)
        own_valkey.stop()
        await wait_for_slot(limiter, 8, Priority.REPLY)  # it notices
        await asyncio.sleep(1.1)  # the change of clocks
        assert await wait_for_slot(limiter, 7, Priority.REPLY) == pytest.approx(1.7, abs=0.5)
        assert await wait_for_slot(limiter, 8, Priority.REPLY) == 0
    await client.aclose()


async def test_a_failure_inside_is_raised_as_itself(valkey_url: str) -> None:
    client = open_redis(valkey_url)
    with pytest.raises(ZeroDivisionError):
        async with open_limiter(client):
            raise ZeroDivisionError
    await client.aclose()
