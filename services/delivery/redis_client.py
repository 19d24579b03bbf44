"""A Redis client that does not lose cancellations.

With a socket timeout redis-py sends through `asyncio.wait_for`, which in Python 3.11 returns instead of raising when
the cancellation comes in the moment the send has ended (https://github.com/python/cpython/issues/86296): a task that is
to stop would go on for ever.
"""

import asyncio
from typing import Any

from redis.asyncio import Redis


class CancellableRedis(Redis):
    async def execute_command(self, *args: Any, **options: Any) -> Any:
        task = asyncio.current_task()
        before = task.cancelling() if task is not None else 0
        answer = await super().execute_command(*args, **options)  # type: ignore[no-untyped-call]
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError
        return answer
