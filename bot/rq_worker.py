"""RQ's worker, changed where its defaults lose time or jobs.

One queue, so that a job is moved (BLMOVE) and never only popped; no fork, because clients and models do not survive
one; a heartbeat while a job runs, so that a killed job is noticed in about a minute and not after its whole timeout.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

from loguru import logger
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.job import Job
from rq.serializers import JSONSerializer

SOCKET_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Watchfulness:
    """How soon a job whose worker was killed is run by another: about `dead_after` + `look_every` seconds."""

    ttl: int = 30
    """An idle worker wakes every ttl − 15 s to look for such jobs; RQ's default of 420 makes it 405 s."""
    look_every: int = 15
    beat_every: int = 10
    dead_after: int = 60
    """A job without a heartbeat this long is taken for abandoned."""


class JobWorker(SimpleWorker):
    max_connection_wait_time = 5.0

    def __init__(
        self,
        queue: str,
        connection: Redis,
        *,
        on_stop: Callable[[], None],
        watch: Watchfulness | None = None,
    ) -> None:
        self._watch = watch = watch or Watchfulness()
        super().__init__(
            [Queue(queue, connection=connection, serializer=JSONSerializer)],
            connection=connection,
            serializer=JSONSerializer,
            worker_ttl=watch.ttl,
            maintenance_interval=watch.look_every,
            job_monitoring_interval=watch.beat_every,
            log_job_description=False,
        )
        self.log_result_lifespan = False
        self._on_stop = on_stop
        self._running: Job | None = None
        self._beaten_at = 0.0

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """SIGTERM, SIGINT: the job under way is finished, no other is begun."""
        self._on_stop()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]

    def end_soon(self) -> None:
        """RQ's handlers are in place only when `work` has begun, and what they raise can be lost in a library: its loop
        looks at this before every job."""
        self._stop_requested = True

    def perform_job(self, job: Job, queue: Queue) -> bool:
        self._running, self._beaten_at = job, time.monotonic()
        try:
            return bool(super().perform_job(job, queue))
        finally:
            self._running = None

    def get_heartbeat_ttl(self, job: Job) -> int:
        return self._watch.dead_after

    def keep_alive(self) -> None:
        """Call now and then while a job runs."""
        if self._running is None or time.monotonic() - self._beaten_at < self._watch.beat_every:
            return
        self._beaten_at = time.monotonic()
        try:
            self.maintain_heartbeats(self._running)
        except RedisError as error:
            logger.warning("no heartbeat for job {}: {}", self._running.id, type(error).__name__)


def open_connection(redis_url: str) -> Any:
    return Redis.from_url(redis_url, socket_connect_timeout=SOCKET_SECONDS)
