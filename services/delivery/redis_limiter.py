"""The shared clock of all processes: one atomic script in Redis a call, on the server's time."""

import secrets
from collections.abc import Callable
from itertools import count
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError

from services.delivery.limiter_scripts import ASK, FREEZE
from services.delivery.limits import Limits, Terms
from services.delivery.ports import Priority
from services.delivery.queued_limiter import Answer, QueuedLimiter, Verdict

MICROSECONDS = 1_000_000


class RedisRateLimiter(QueuedLimiter):
    """Raises redis.RedisError (and OSError) when Redis does not answer: FallbackRateLimiter knows what to do then.

    `clock`: seconds, instead of the server's clock; only for rehearsals of hours in seconds.
    """

    def __init__(
        self,
        client: Redis,
        limits: Limits | None = None,
        *,
        namespace: str = "muza",
        clock: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(limits or Limits())
        self._client = client
        self._prefix = f"{{{namespace}:rate}}"  # braces: one hash slot in a cluster, so that the script may touch all
        self._clock = clock
        self._ask_script = client.register_script(ASK)
        self._freeze_script = client.register_script(FREEZE)
        self._calls = count()
        self._process = secrets.token_hex(4)

    async def _ask(self, chat_id: int, priority: Priority, conditions: Terms) -> Answer:
        prefix = self._prefix
        pace = "draft" if priority is Priority.DRAFT else "chat"
        keys = [
            f"{prefix}:all",
            f"{prefix}:frozen",
            f"{prefix}:frozen:{chat_id}",
            f"{prefix}:{pace}:{chat_id}",
            f"{prefix}:group:{chat_id}",
            f"{prefix}:previews:{chat_id}",
        ]
        arguments: list[int | str] = [
            self._now(),
            _microseconds(conditions.gap),
            _microseconds(conditions.horizon),
            _microseconds(conditions.period),
            _microseconds(conditions.tolerance),
            conditions.group_calls,
            _microseconds(self._limits.group_window),
            _microseconds(conditions.preview_period),
            f"{self._process}:{next(self._calls)}",
        ]
        verdict, wait = await self._ask_script(keys=keys, args=arguments)
        return Answer(Verdict(verdict), int(wait) / MICROSECONDS)

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        key = f"{self._prefix}:frozen" if chat_id is None else f"{self._prefix}:frozen:{chat_id}"
        await self._freeze_script(keys=[key], args=[self._now(), _microseconds(seconds)])

    def _now(self) -> int:
        """0: the server looks at its own clock."""
        return 0 if self._clock is None else max(1, _microseconds(self._clock()))

    async def aclose(self) -> None:
        await self._client.aclose()


def open_redis(url: str) -> Redis:
    """A client that fails fast: nobody's message waits for a Redis that hangs. One retry for a connection that a
    restarted Redis has forgotten (a slot taken twice does no harm)."""
    once_more = Retry(NoBackoff(), retries=1, supported_errors=(RedisConnectionError,))
    options: dict[str, Any] = {"socket_timeout": 1.0, "socket_connect_timeout": 1.0, "retry": once_more}
    return Redis.from_url(url, **options)


def _microseconds(seconds: float) -> int:
    return round(seconds * MICROSECONDS)
