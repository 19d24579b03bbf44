"""`muza cron`: enqueues the periodic jobs. Any number may run: each period is enqueued once."""

import signal
import time
from types import FrameType

from loguru import logger

from bot.settings import Settings
from bot.supervisor.heartbeat import Heart
from services.queue.ports import JobName
from services.queue.rq_cron import REDIS_FAILURES, PeriodicScheduler, open_scheduler

PROCESS = "cron"
FUNCTIONS = {job: f"bot.jobs.{job.value}" for job in JobName}
"""By name: this process imports no job."""
FIRST_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 5.0
CANNOT_WORK = 2


def run_cron(settings: Settings) -> int:
    """Blocks until SIGTERM or SIGINT. Returns the exit code: 2 without REDIS_URL, where there is nothing to do."""
    if settings.redis_url is None:
        logger.warning("no REDIS_URL: the delivery worker does the periodic work, at half the pace")
        return CANNOT_WORK
    heart = Heart(settings, PROCESS)
    scheduler = open_scheduler(settings.redis_url, FUNCTIONS, beat=heart.beat)
    try:
        Cron(scheduler, heart).serve()
    finally:
        heart.stop()
    logger.info("cron stopped")
    return 0


class Cron:
    """Runs RQ's loop again and again while Redis comes and goes."""

    def __init__(self, scheduler: PeriodicScheduler, heart: Heart) -> None:
        self._scheduler = scheduler
        self._heart = heart
        self._is_stopping = False

    def serve(self) -> None:
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        pause, is_told = FIRST_PAUSE_SECONDS, False
        logger.info("cron is ready")
        while not self._is_stopping:
            began = time.monotonic()
            try:
                self._scheduler.start()  # type: ignore[no-untyped-call]
            except REDIS_FAILURES as error:
                if time.monotonic() - began > MAX_PAUSE_SECONDS:
                    pause, is_told = FIRST_PAUSE_SECONDS, False
                if not is_told and not self._is_stopping:
                    logger.warning("cron: Redis is away ({})", type(error).__name__)
                is_told = True
            self._rest(pause)
            pause = min(MAX_PAUSE_SECONDS, pause * 2)

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._is_stopping = True
        self._scheduler.stop()

    def _rest(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not self._is_stopping and time.monotonic() < deadline:
            self._heart.beat()
            time.sleep(0.1)
