"""What happens to jobs when workers and Redis die under them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from bot.job_runtime import JobRuntime
from bot.rq_worker import Watchfulness
from bot.worker import QueueServer
from services.queue.ports import JobName, QueueName
from tests.fixtures_valkey import ValkeyServer
from tests.unit.bot.waiting import wait_for
from tests.unit.bot.worker.processes import enqueue, lines, worker

WATCHFUL = Watchfulness(ttl=16, look_every=1, beat_every=1, dead_after=2)
TEST_FUNCTIONS = {
    JobName.INGEST_PATH: "tests.unit.bot.worker.job_bodies.note_and_wait",
    JobName.EMBED_PASSAGES: "tests.unit.bot.worker.job_bodies.fail",
}


@asynccontextmanager
async def no_tools() -> AsyncIterator[Any]:
    yield SimpleNamespace(stop=lambda: None)


async def nothing(tools: Any, stop: asyncio.Event) -> None:
    await stop.wait()


def serve(redis_url: str) -> None:
    """A worker of the heavy queue that notices dead jobs in seconds."""
    with JobRuntime(no_tools, nothing) as runtime:
        QueueServer(runtime, QueueName.HEAVY, redis_url, WATCHFUL).serve()


def test_a_worker_lives_through_a_restart_of_redis(own_valkey: ValkeyServer, tmp_path: Path) -> None:
    sign = tmp_path / "job"
    (tmp_path / "job.go").touch()
    with worker(serve, own_valkey.url) as process:
        enqueue(own_valkey.url, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 2, "the first job")
        own_valkey.stop()
        own_valkey.start()  # and everything in it is gone
        enqueue(own_valkey.url, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 4, "the job after the restart")
        assert process.is_alive()


def test_a_job_whose_worker_was_killed_is_run_by_another(own_valkey: ValkeyServer, tmp_path: Path) -> None:
    sign = tmp_path / "job"
    with worker(serve, own_valkey.url):
        enqueue(own_valkey.url, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 1, "the job to begin")
    (tmp_path / "job.go").touch()
    with worker(serve, own_valkey.url):
        wait_for(lambda: lines(sign) == 3, "the second run")


def test_a_job_longer_than_its_heartbeat_is_not_taken_for_dead(own_valkey: ValkeyServer, tmp_path: Path) -> None:
    sign = tmp_path / "job"
    with worker(serve, own_valkey.url), worker(serve, own_valkey.url):
        enqueue(own_valkey.url, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 1, "the job to begin")
        asyncio.run(asyncio.sleep(5))  # two heartbeats' life, with a second worker that looks for dead jobs each second
        (tmp_path / "job.go").touch()
        wait_for(lambda: lines(sign) == 2, "the end of the job")
        asyncio.run(asyncio.sleep(1.5))
    assert lines(sign) == 2


def test_a_job_that_fails_does_not_stop_the_worker(own_valkey: ValkeyServer, tmp_path: Path) -> None:
    sign = tmp_path / "job"
    (tmp_path / "job.go").touch()
    with worker(serve, own_valkey.url):
        enqueue(own_valkey.url, JobName.EMBED_PASSAGES, TEST_FUNCTIONS, project_id=1)
        enqueue(own_valkey.url, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 2, "the job behind the broken one")
