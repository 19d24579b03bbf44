"""RQ's cron scheduler, with our serializer, retries, and one enqueued job a period however many schedulers run.

What is RQ's own: the loop, the registry and heartbeat by which `rq` shows schedulers, the history of each cron job.
What is not: RQ 2.12 keeps the time of the last run in the memory of one process and enqueues pickled jobs without Retry
(rq/cron.py, `CronJob.enqueue`). Here a period is a key that expires: whoever sets it enqueues the job in the same
transaction of Redis. So a second scheduler, a restart and a scheduler that was frozen enqueue nothing twice, and a
Redis that was emptied gets its jobs at the next look.
"""

from collections.abc import Callable, Mapping
from typing import Any

from redis import Redis
from redis.exceptions import RedisError, WatchError
from rq import Queue, Retry
from rq.cron import CronJob, CronScheduler
from rq.exceptions import StopRequested
from rq.job import Job
from rq.serializers import JSONSerializer
from rq.utils import now

from services.queue.ports import PERIOD_SECONDS, QUEUE_OF, JobName
from services.queue.rq_queue import DONE_SECONDS, FAILURE_SECONDS, RETRIES, RULES

LOOK_SECONDS = 1.0
"""How soon a stop, a new period and an emptied Redis are noticed."""
SOCKET_SECONDS = 5.0


class PeriodicJob(CronJob):
    def __init__(self, job: JobName, function: str, period_seconds: int) -> None:
        super().__init__(
            QUEUE_OF[job].value,
            func_name=function,
            interval=period_seconds,
            job_timeout=RULES[job].timeout_seconds,
            result_ttl=DONE_SECONDS,
            # A job that no worker began within its period is replaced by the next one: nothing piles up.
            ttl=period_seconds,
            failure_ttl=FAILURE_SECONDS,
            name=job.value,
        )
        self.period_seconds = period_seconds
        self.slot = f"muza:cron:{job.value}"

    def enqueue(self, connection: Redis) -> Job:
        """Raises WatchError when another scheduler was quicker."""
        queue = Queue(self.queue_name, connection=connection, serializer=JSONSerializer)
        with connection.pipeline() as pipeline:
            pipeline.watch(self.slot)  # type: ignore[no-untyped-call]
            if pipeline.exists(self.slot):
                raise WatchError(self.slot)
            pipeline.multi()
            pipeline.set(self.slot, "enqueued", ex=self.period_seconds)
            job = queue.enqueue(self.func_name, retry=Retry(max=RETRIES), pipeline=pipeline, **self.job_options)
            pipeline.execute()
        return job


class PeriodicScheduler(CronScheduler):
    """`beat` is called at every look, from the one thread there is."""

    def __init__(
        self,
        connection: Redis,
        functions: Mapping[JobName, str],
        *,
        beat: Callable[[], None],
        periods: Mapping[JobName, int] = PERIOD_SECONDS,
    ) -> None:
        super().__init__(connection, logging_level="WARNING")
        self._beat = beat
        self._is_stopping = False
        self._own_jobs = [PeriodicJob(job, functions[job], seconds) for job, seconds in periods.items()]
        self._cron_jobs = [*self._own_jobs]

    def stop(self) -> None:
        """Safe in a signal handler: `start` returns within a second."""
        self._is_stopping = True

    def enqueue_jobs(self) -> list[CronJob]:
        self._beat()
        if self._is_stopping:
            raise StopRequested
        taken = self.connection.mget([job.slot for job in self._own_jobs])
        return [job for job, slot in zip(self._own_jobs, taken, strict=True) if slot is None and self._enqueued(job)]

    def calculate_sleep_interval(self) -> float:
        return LOOK_SECONDS

    def _enqueued(self, job: PeriodicJob) -> bool:
        try:
            job.enqueue(self.connection)
        except WatchError:
            return False
        job.set_enqueue_time(now())
        return True

    def _install_signal_handlers(self) -> None:
        """The process has its own: an exception raised by a handler can be lost inside a library."""


def open_scheduler(redis_url: str, functions: Mapping[JobName, str], *, beat: Callable[[], None]) -> PeriodicScheduler:
    connection: Any = Redis.from_url(
        redis_url, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=SOCKET_SECONDS, health_check_interval=15
    )
    return PeriodicScheduler(connection, functions, beat=beat)


REDIS_FAILURES = (RedisError, OSError)
"""What `start` raises when Redis is away."""
