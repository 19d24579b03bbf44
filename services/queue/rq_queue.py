"""RQ as the queue: JSON payloads, a Retry on every job, one waiting job where one is as good as many."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.serializers import JSONSerializer

from services.domain.errors import QueueUnavailable
from services.queue.ports import QUEUE_OF, JobName, QueueName

RETRIES = 5
"""Without a Retry a killed job never runs again. No pauses between: they would need RQ's scheduler process."""
DONE_SECONDS = 600
"""How long a finished job is remembered. Never 0: RQ 2.12 then trips over the execution of a killed worker and runs the
job again and again (ValueError: Execution … not found)."""
FAILURE_SECONDS = 7 * 24 * 3600
HINT_SECONDS = 60
"""A coalesced job that vanished blocks new ones this long; its rows are found by a sweeper meanwhile."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class JobRule:
    timeout_seconds: int
    is_coalesced: bool
    """A waiting job with the same arguments makes another one needless: it looks at the rows when it starts."""


RULES: Final[dict[JobName, JobRule]] = {
    JobName.DRAIN_DELIVERIES: JobRule(timeout_seconds=300, is_coalesced=True),
    JobName.INGEST_PATH: JobRule(timeout_seconds=3600, is_coalesced=False),
    JobName.EMBED_PASSAGES: JobRule(timeout_seconds=3600, is_coalesced=True),
    JobName.TRANSCRIBE_RECORDING: JobRule(timeout_seconds=60, is_coalesced=True),
    JobName.REMIND_REVIEWS: JobRule(timeout_seconds=120, is_coalesced=False),
    JobName.EXPIRE_REVIEWS: JobRule(timeout_seconds=120, is_coalesced=False),
    JobName.PURGE_OLD_ROWS: JobRule(timeout_seconds=600, is_coalesced=False),
    JobName.SEND_DIGEST: JobRule(timeout_seconds=120, is_coalesced=False),
    JobName.TELL_NEW_PERIODS: JobRule(timeout_seconds=120, is_coalesced=False),
    JobName.TELL_STALE_DOCUMENTS: JobRule(timeout_seconds=120, is_coalesced=False),
}


class RqJobQueue:
    """`functions`: dotted path of each job's function; this package does not know who runs them."""

    def __init__(self, redis_url: str, functions: Mapping[JobName, str]) -> None:
        self._functions = dict(functions)
        self._connection = Redis.from_url(redis_url, socket_timeout=3.0, socket_connect_timeout=2.0)
        self._queues = {
            name: Queue(name.value, connection=self._connection, serializer=JSONSerializer) for name in QueueName
        }

    async def enqueue(self, job: JobName, **arguments: int | str) -> None:
        await self._call(lambda: self._enqueue(job, arguments))

    async def depth(self) -> dict[QueueName, int]:
        return await self._call(lambda: {name: queue.count for name, queue in self._queues.items()})

    async def ping(self) -> None:
        """Raises QueueUnavailable."""
        await self._call(self._connection.ping)

    async def aclose(self) -> None:
        await asyncio.to_thread(self._connection.close)

    def _enqueue(self, job: JobName, arguments: dict[str, int | str]) -> None:
        rule = RULES[job]
        hint = hint_key(job, arguments)
        if rule.is_coalesced and not self._connection.set(hint, 1, nx=True, ex=HINT_SECONDS):
            return
        try:
            self._queues[QUEUE_OF[job]].enqueue(
                self._functions[job],
                kwargs=arguments,
                job_timeout=rule.timeout_seconds,
                retry=Retry(max=RETRIES),
                result_ttl=DONE_SECONDS,
                failure_ttl=FAILURE_SECONDS,
            )
        except RedisError:
            if rule.is_coalesced:
                self._connection.delete(hint)
            raise

    async def _call(self, work: Callable[[], Result]) -> Result:
        try:
            return await asyncio.to_thread(work)
        except (RedisError, OSError) as error:
            raise QueueUnavailable(type(error).__name__) from error


def take_hint(connection: Any, job: JobName, **arguments: int | str) -> None:
    """The first thing a coalesced job does, before it reads any row: what is enqueued from now on is a new job."""
    connection.delete(hint_key(job, arguments))


def hint_key(job: JobName, arguments: Mapping[str, int | str]) -> str:
    said = ",".join(f"{name}={value}" for name, value in sorted(arguments.items()))
    return f"muza:job:{job.value}:{said}"
