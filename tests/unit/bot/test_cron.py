"""`muza cron` as a process: it enqueues, beats, outlives a Redis that goes, and stops at once."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer

from bot.cron import FUNCTIONS, run_cron
from bot.jobs import FUNCTIONS as WORKER_FUNCTIONS
from bot.settings import Settings
from bot.supervisor.heartbeat import fresh_processes
from services.queue.ports import PERIOD_SECONDS, QueueName
from tests.fixtures_valkey import ValkeyServer

ROOT = Path(__file__).parents[3]


@contextmanager
def cron(settings: Settings, redis_url: str) -> Iterator[subprocess.Popen[bytes]]:
    own = {"DATA_DIR": str(settings.data_dir), "REDIS_URL": redis_url, "PATH": "", "HOME": str(settings.data_dir)}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "cron"], cwd=ROOT, env=own, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_for(met: Callable[[], bool], what: str, seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def enqueued(url: str) -> int:
    with Redis.from_url(url) as client:
        return Queue(QueueName.DELIVERY.value, connection=client, serializer=JSONSerializer).count


def test_it_enqueues_beats_and_stops_within_seconds(settings: Settings, valkey_url: str) -> None:
    with cron(settings, valkey_url) as process:
        wait_for(lambda: enqueued(valkey_url) == len(PERIOD_SECONDS), "the first jobs")
        wait_for(lambda: "cron" in fresh_processes(settings), "a beat")
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(10) == 0
    assert fresh_processes(settings) == []


def test_it_lives_through_a_redis_that_dies_and_comes_back_empty(settings: Settings, own_valkey: ValkeyServer) -> None:
    with cron(settings, own_valkey.url) as process:
        wait_for(lambda: enqueued(own_valkey.url) == len(PERIOD_SECONDS), "the first jobs")
        own_valkey.stop()
        time.sleep(0.5)
        assert process.poll() is None
        own_valkey.start()
        wait_for(lambda: enqueued(own_valkey.url) == len(PERIOD_SECONDS), "the jobs of an emptied Redis")


def test_without_redis_there_is_nothing_to_do(settings: Settings) -> None:
    assert run_cron(settings) == 2


def test_it_names_the_jobs_that_workers_have() -> None:
    assert FUNCTIONS == WORKER_FUNCTIONS
