"""`muza worker`: one queue, one event loop, one open container; lives through restarts of Redis."""

import asyncio
import signal
import time
from collections.abc import Callable, Coroutine
from types import FrameType
from typing import TYPE_CHECKING, Any

from loguru import logger
from redis.exceptions import RedisError

from bot.job_runtime import JobRuntime
from bot.jobs import CURRENT_RUNNER, JobTools
from bot.knowledge_sweep import rest, sweep_knowledge
from bot.lesson_reading import sweep_lessons
from bot.listening import sweep_recordings
from bot.rq_worker import JobWorker, Watchfulness, open_connection
from bot.settings import Settings
from bot.undelivered_sweep import report_undelivered
from services.assistant.halts.watch_halts import WatchHalts
from services.delivery.service import Pace
from services.domain.errors import MuzaError
from services.queue.ports import JobName, QueueName
from services.queue.rq_queue import take_hint

if TYPE_CHECKING:
    from bot.job_tools import OpenTools

Sweep = Callable[["OpenTools", asyncio.Event], Coroutine[Any, Any, None]]
SWEEP_SECONDS = 3.0
FIRST_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 5.0
BROKEN = 1
"""The event loop ended by an error: the supervisor starts the worker anew."""


def run_worker(settings: Settings, queue: str, pace: Pace | None = None) -> int:
    """Blocks until SIGTERM or SIGINT; the job under way is finished. Returns the exit code.

    `pace`: of the outbox's drain, when the usual one will not do.
    """
    from bot.job_tools import open_job_tools

    name = QueueName(queue)
    beside = _beside(settings, name)
    with JobRuntime["OpenTools"](lambda: open_job_tools(settings, name, pace), beside) as runtime:
        worker = QueueServer(runtime, name, settings.redis_url)
        worker.serve()
    logger.info("worker {} stopped", name.value)
    return BROKEN if runtime.is_broken else 0


def _beside(settings: Settings, name: QueueName) -> Sweep:
    from bot.supervisor.heartbeat import keep_beating

    async def work(tools: "OpenTools", stop: asyncio.Event) -> None:
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(keep_beating(settings, f"worker:{name.value}"))
            async with asyncio.TaskGroup() as sweeping:
                for sweep in _sweeps(name):
                    sweeping.create_task(sweep(tools, stop))
            beating.cancel()

    return work


def _sweeps(name: QueueName) -> tuple[Sweep, ...]:
    """What goes on beside the jobs until the worker stops. Each has its own loop, rests between its rounds, and says
    in the log what it could not do: one that raises ends the worker. What needs aiogram is imported in its branch."""
    if name is QueueName.DELIVERY:
        from bot.broadcast_progress import show_broadcasts
        from bot.periodic_sweep import sweep_periodic

        return (sweep_deliveries, report_undelivered, show_broadcasts, sweep_periodic, watch_halts)
    from bot.batches import sweep_batches

    return (sweep_knowledge, sweep_recordings, sweep_lessons, sweep_batches, watch_halts)


async def sweep_deliveries(tools: JobTools, stop: asyncio.Event, every_seconds: float = SWEEP_SECONDS) -> None:
    """Rows whose job was lost, or that had to wait for their time, are sent all the same."""
    while not stop.is_set():
        try:
            await tools.drain.drain()
        except MuzaError as error:
            logger.warning("the outbox was not swept: {}", error.code)
        await rest(stop, every_seconds)


async def watch_halts(tools: "OpenTools", stop: asyncio.Event) -> None:
    """Calls of this process end when generation is halted."""
    adapters = tools.container.adapters
    await WatchHalts(adapters.store, adapters.halts)(stop.is_set)


class QueueServer:
    """Runs RQ's loop in the main thread, again and again while Redis comes and goes. Implements `jobs.JobRunner`."""

    def __init__(
        self,
        runtime: "JobRuntime[OpenTools]",
        queue: QueueName,
        redis_url: str | None,
        watch: Watchfulness | None = None,
    ) -> None:
        self._watch = watch
        self._runtime = runtime
        self._queue = queue
        self._redis_url = redis_url
        self._is_stopping = False
        self._worker: JobWorker | None = None
        self._connection: Any = None

    def serve(self) -> None:
        CURRENT_RUNNER.set(self)
        pause = FIRST_PAUSE_SECONDS
        if self._redis_url is None:
            logger.warning("no REDIS_URL: nothing is queued, only what waits in the database is worked off")
        while not self._is_stopping:
            signal.signal(signal.SIGTERM, self._stop)
            signal.signal(signal.SIGINT, self._stop)
            began = time.monotonic()
            if self._redis_url is not None:
                self._serve_until_broken(self._redis_url)
            if time.monotonic() - began > MAX_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self._rest(pause)
            pause = min(MAX_PAUSE_SECONDS, pause * 2)

    def run(self, work: Callable[[JobTools], Coroutine[Any, Any, None]]) -> None:
        worker = self._worker
        self._runtime.run(work, while_waiting=worker.keep_alive if worker is not None else _nothing)

    def take_hint(self, job: JobName, **arguments: int | str) -> None:
        take_hint(self._connection, job, **arguments)

    def _serve_until_broken(self, redis_url: str) -> None:
        self._connection = open_connection(redis_url)
        try:
            self._worker = JobWorker(
                self._queue.value,
                self._connection,
                on_stop=self._on_stop,
                watch=self._watch,
            )
            if self._is_stopping:
                return
            logger.info("worker {} is ready", self._queue.value)
            self._worker.work(logging_level="WARNING")
        except (RedisError, OSError) as error:
            logger.warning("worker {}: Redis is away ({})", self._queue.value, type(error).__name__)
        finally:
            self._worker = None
            self._connection.close()

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._on_stop()

    def _on_stop(self) -> None:
        self._is_stopping = True
        if self._worker is not None:
            self._worker.end_soon()
        self._runtime.call(lambda tools: tools.stop())

    def _rest(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._is_stopping and time.monotonic() < deadline:
            time.sleep(0.1)


def _nothing() -> None:
    """There is no RQ job to keep alive."""
