"""Circuit breaker over purgatory: state in Redis, shared by all processes, with a local one for when Redis is away."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from loguru import logger

from services.domain.errors import ModelUnavailable
from services.llm.purgatory_probes import LocalProbes, SharedProbes

if TYPE_CHECKING:
    from purgatory import AsyncCircuitBreakerFactory
    from purgatory.domain.model import Context
    from purgatory.service._async.circuitbreaker import AsyncCircuitBreaker

_ANSWER_WITHIN_SECONDS = 0.5
"""More than this is not spent on asking Redis, while a person waits."""
_LEAVE_ALONE_SECONDS = 5.0
"""After it failed."""
_PROBE_SECONDS = 90.0
"""Longer than the wait for a first token: a probe that is silent for so long has died with its process."""


class PurgatoryBreaker:
    """Opens after `threshold` failures in a row, lets one call through after `open_seconds`, and closes at its success
    or opens again at its failure; meanwhile the others fail fast."""

    def __init__(
        self,
        redis_url: str | None = None,
        *,
        threshold: int = 5,
        open_seconds: float = 30.0,
        probe_seconds: float = _PROBE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._redis_url = redis_url
        self._threshold = threshold
        self._open_seconds = open_seconds
        self._probe_seconds = probe_seconds
        self._clock = clock
        self._redis_away_until = 0.0
        self._local: AsyncCircuitBreakerFactory | None = None
        self._local_probes = LocalProbes(clock)
        self._shared: AsyncCircuitBreakerFactory | None = None
        self._name = secrets.token_hex(8)

    def load(self) -> None:
        import purgatory
        import redis.asyncio  # noqa: F401 - 0.4 s that the first call need not wait for on the event loop

        logger.debug("circuit breaker: purgatory {}", purgatory.__version__)

    async def check(self, circuit: str) -> bool:
        is_probe = False

        async def ask(factory: "AsyncCircuitBreakerFactory") -> None:
            nonlocal is_probe
            is_probe = await self._check(factory, circuit)

        if not await self._in_redis(ask):
            await ask(self._local_factory())
        return is_probe

    async def succeeded(self, circuit: str) -> None:
        await self._record(circuit, _succeed)

    async def failed(self, circuit: str) -> None:
        await self._record(circuit, _fail)

    async def gave_up(self, circuit: str) -> None:
        await self._local_probes.give_back(circuit, self._name)
        await self._in_redis(lambda factory: self._probes(factory).give_back(circuit, self._name))

    async def aclose(self) -> None:
        if self._shared is not None:
            from purgatory.service._async.repository import AsyncRedisRepository

            repository, self._shared = self._shared.uow.contexts, None
            if isinstance(repository, AsyncRedisRepository):
                await repository.redis.aclose()

    async def _record(self, circuit: str, happened: "Callable[[Context], None]") -> None:
        """In both, so that the local breaker knows what happened if Redis goes away."""

        async def note(factory: "AsyncCircuitBreakerFactory") -> None:
            breaker = await self._breaker(factory, circuit)
            was_probed = breaker.context.state == "half-opened"
            happened(breaker.context)
            await _save(breaker)
            if was_probed:  # after the state: who finds the probe gone finds the circuit decided
                await self._probes(factory).give_back(circuit, self._name)

        await note(self._local_factory())
        await self._in_redis(note)

    async def _check(self, factory: "AsyncCircuitBreakerFactory", circuit: str) -> bool:
        from purgatory.domain.model import HALF_OPENED, OpenedState

        breaker = await self._breaker(factory, circuit)
        try:
            breaker.context.handle_new_request()
        except OpenedState as opened:
            # purgatory keeps wall-clock time, since processes share it.
            wait = opened.opened_at + self._open_seconds - time.time()
            raise ModelUnavailable(f"circuit {circuit} is open", retry_after=max(wait, 0.0)) from None
        await _save(breaker)
        if breaker.context.state != HALF_OPENED:
            return False
        if not await self._probes(factory).take(circuit, self._name, self._probe_seconds):
            raise ModelUnavailable(f"circuit {circuit} is being probed", retry_after=self._open_seconds)
        return True

    def _probes(self, factory: "AsyncCircuitBreakerFactory") -> LocalProbes | SharedProbes:
        from purgatory.service._async.repository import AsyncRedisRepository

        contexts = factory.uow.contexts
        return SharedProbes(contexts.redis) if isinstance(contexts, AsyncRedisRepository) else self._local_probes

    async def _breaker(self, factory: "AsyncCircuitBreakerFactory", circuit: str) -> "AsyncCircuitBreaker":
        try:
            return await factory.get_breaker(circuit)
        except (TypeError, ValueError):  # half a record, left when Redis was emptied between two writes
            from purgatory.domain.model import Context

            await factory.uow.contexts.register(Context(circuit, self._threshold, self._open_seconds))
            return await factory.get_breaker(circuit)

    async def _in_redis(self, work: "Callable[[AsyncCircuitBreakerFactory], Awaitable[None]]") -> bool:
        """False when there is no Redis or it does not answer; the call goes on without it."""
        if self._redis_url is None or self._clock() < self._redis_away_until:
            return False
        from redis.exceptions import RedisError

        try:
            async with asyncio.timeout(_ANSWER_WITHIN_SECONDS):
                await work(self._shared_factory(self._redis_url))
        except (RedisError, OSError, TimeoutError) as error:
            self._redis_away_until = self._clock() + _LEAVE_ALONE_SECONDS
            logger.warning("circuit breaker: Redis is away ({}), counting in this process", type(error).__name__)
            return False
        return True

    def _local_factory(self) -> "AsyncCircuitBreakerFactory":
        if self._local is None:
            from purgatory import AsyncCircuitBreakerFactory

            self._local = AsyncCircuitBreakerFactory(self._threshold, self._open_seconds)
        return self._local

    def _shared_factory(self, url: str) -> "AsyncCircuitBreakerFactory":
        if self._shared is None:
            from purgatory import AsyncCircuitBreakerFactory, AsyncRedisUnitOfWork

            self._shared = AsyncCircuitBreakerFactory(
                self._threshold, self._open_seconds, uow=AsyncRedisUnitOfWork(url)
            )
        return self._shared


def _succeed(context: "Context") -> None:
    context.handle_end_request()


def _fail(context: "Context") -> None:
    context.handle_exception(ModelUnavailable())


async def _save(breaker: "AsyncCircuitBreaker") -> None:
    while breaker.context.messages:
        await breaker.messagebus.handle(breaker.context.messages.pop(0), breaker.uow)
