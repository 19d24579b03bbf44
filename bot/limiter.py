"""The limiter of one process: shared through Redis, with its own pace for the time when Redis is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.exceptions import RedisError

from services.delivery.call_history import CallHistory
from services.delivery.fallback_limiter import FallbackRateLimiter
from services.delivery.limits import Limits
from services.delivery.local_limiter import LocalRateLimiter
from services.delivery.ports import RateLimiter
from services.delivery.redis_limiter import RedisRateLimiter

PROCESSES_THAT_SPEAK = 2
"""The bot and one delivery worker: without Redis each takes its part of the limits."""


@asynccontextmanager
async def open_limiter(redis: Redis | None) -> AsyncIterator[RateLimiter]:
    """Without any Redis there are no workers either: this process has the limits for itself."""
    if redis is None:
        yield LocalRateLimiter()
        return
    limits, history = Limits(), CallHistory()
    shared = RedisRateLimiter(redis, limits, history=history)
    local = LocalRateLimiter(limits.shared_by(PROCESSES_THAT_SPEAK), history)
    trouble: Exception | None = None
    async with asyncio.TaskGroup() as group:
        guard = group.create_task(shared.guard(), name="limiter guard")
        try:
            yield FallbackRateLimiter(shared, local, failures=(RedisError, OSError))
        except Exception as error:  # noqa: BLE001 - raised again below, not wrapped into a group
            trouble = error
        finally:
            guard.cancel()
    if trouble is not None:
        raise trouble
