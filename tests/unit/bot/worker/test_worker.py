"""Whole worker processes over a real queue, a real database and a small Telegram."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from multiprocessing.context import ForkProcess
from pathlib import Path

import pytest

from bot.job_runtime import JobRuntime
from bot.job_tools import open_job_tools
from bot.jobs import FUNCTIONS, JobTools
from bot.rq_worker import JobWorker
from bot.settings import Settings
from bot.worker import QueueServer, run_worker
from handlers.delivery_sender import TelegramDeliverySender
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from services.domain.project import BrandProfile
from services.queue.ports import JobName, QueueName
from services.queue.rq_queue import RqJobQueue
from services.store.sql_store import SqlStore
from tests.fixtures_store import opened
from tests.fixtures_valkey import ValkeyServer
from tests.unit.bot.waiting import wait_for
from tests.unit.bot.worker.bot_api_server import BotApiServer

INHERITED = (TelegramDeliverySender,)
"""Imported here, so that the forked workers need not spend seconds on importing aiogram."""
FORK = multiprocessing.get_context("fork")
TEST_FUNCTIONS = {
    JobName.INGEST_PATH: "tests.unit.bot.worker.job_bodies.note_and_wait",
    JobName.EMBED_PASSAGES: "tests.unit.bot.worker.job_bodies.fail",
}


@pytest.fixture
def telegram() -> Iterator[BotApiServer]:
    with ExitStack() as stack:
        server = BotApiServer()
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        yield server


@pytest.fixture
def settings(
    make_settings: Callable[..., Settings], sqlite_url: str, own_valkey: ValkeyServer, telegram: BotApiServer
) -> Settings:
    return make_settings(
        telegram_bot_token="42:TOKEN",
        telegram_api_base=telegram.url,
        redis_url=own_valkey.url,
        database_url=sqlite_url,
        embedding_model="none",
    )


@contextmanager
def worker(body: Callable[..., object], *arguments: object) -> Iterator[ForkProcess]:
    """A worker process; killed at the end of the block if it is still there."""
    process = FORK.Process(target=body, args=arguments)
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def run(settings: Settings, queue: str) -> None:
    raise SystemExit(run_worker(settings, queue))


def serve_test_jobs(settings: Settings) -> None:
    """A worker of the heavy queue whose dead jobs are noticed in seconds."""
    JobWorker.get_heartbeat_ttl = lambda self, job: 2  # type: ignore[method-assign]

    async def nothing(tools: JobTools, stop: asyncio.Event) -> None:
        await stop.wait()

    import bot.rq_worker

    bot.rq_worker.WORKER_TTL_SECONDS = 16  # an idle worker wakes every second
    bot.rq_worker.MAINTENANCE_SECONDS = 1
    bot.rq_worker.HEARTBEAT_SECONDS = 1
    with JobRuntime[JobTools](lambda: open_job_tools(settings, QueueName.HEAVY), nothing) as runtime:
        QueueServer(runtime, QueueName.HEAVY, settings.redis_url).serve()


def enqueue(settings: Settings, job: JobName, functions: dict[JobName, str] = FUNCTIONS, **facts: int | str) -> None:
    async def work() -> None:
        queue = RqJobQueue(str(settings.redis_url), functions)
        await queue.enqueue(job, **facts)
        await queue.aclose()

    asyncio.run(work())


@asynccontextmanager
async def opened_store(settings: Settings) -> AsyncIterator[SqlStore]:
    async with opened(settings.sql_url) as store:
        yield store


def write_deliveries(settings: Settings, *chat_ids: int) -> None:
    async def work() -> None:
        async with opened_store(settings) as store, store.transaction() as tx:
            for chat_id in chat_ids:
                address = ChatAddress(chat_id)
                await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, address, f"k{chat_id}"))

    asyncio.run(work())


def states(settings: Settings) -> dict[DeliveryState, int]:
    async def work() -> dict[DeliveryState, int]:
        async with opened_store(settings) as store, store.reading() as tx:
            return {state: count for state, count in (await tx.deliveries.counts()).items() if count}

    return asyncio.run(work())


def stop(process: ForkProcess) -> int | None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGTERM)
    process.join(20)
    return process.exitcode


def test_a_delivery_is_sent_when_its_job_comes_and_also_without_a_job(
    settings: Settings, telegram: BotApiServer
) -> None:
    with worker(run, settings, "delivery") as process:
        write_deliveries(settings, 1, 2)
        enqueue(settings, JobName.DRAIN_DELIVERIES)
        wait_for(lambda: len(telegram.arrived) == 2, "the deliveries with a job")
        write_deliveries(settings, 3)
        wait_for(lambda: len(telegram.arrived) == 3, "the delivery without a job")
        assert stop(process) == 0
    assert sorted(telegram.chats) == [1, 2, 3]
    assert states(settings) == {DeliveryState.SENT: 3}


def test_a_stop_finishes_the_send_under_way(settings: Settings, telegram: BotApiServer) -> None:
    telegram.gate.clear()
    write_deliveries(settings, 1)
    with worker(run, settings, "delivery") as process:
        enqueue(settings, JobName.DRAIN_DELIVERIES)
        assert telegram.waiting.wait(20)
        assert process.pid is not None
        os.kill(process.pid, signal.SIGTERM)
        process.join(0.3)
        assert process.is_alive(), "it did not wait for the send"
        telegram.gate.set()
        process.join(20)
        assert process.exitcode == 0
    assert states(settings) == {DeliveryState.SENT: 1}


def test_an_idle_worker_stops_at_once(settings: Settings) -> None:
    with worker(run, settings, "heavy") as process:
        enqueue(settings, JobName.INGEST_PATH, project_id=1, path="/does/not/exist")
        wait_for(lambda: depth(settings) == 0, "the worker to be up")
        assert stop(process) == 0


def test_a_worker_lives_through_a_restart_of_redis(
    settings: Settings, telegram: BotApiServer, own_valkey: ValkeyServer, tmp_path: Path
) -> None:
    sign = tmp_path / "job"
    (tmp_path / "job.go").touch()
    with worker(serve_test_jobs, settings) as process:
        enqueue(settings, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 2, "the first job")
        own_valkey.stop()
        own_valkey.start()  # and everything in it is gone
        enqueue(settings, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 4, "the job after the restart")
        assert process.is_alive()


def test_a_job_whose_worker_was_killed_is_run_by_another(settings: Settings, tmp_path: Path) -> None:
    sign = tmp_path / "job"
    with worker(serve_test_jobs, settings):
        enqueue(settings, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 1, "the job to begin")
    (tmp_path / "job.go").touch()
    with worker(serve_test_jobs, settings):
        wait_for(lambda: lines(sign) == 3, "the second run")


def test_a_job_longer_than_its_heartbeat_is_not_taken_for_dead(settings: Settings, tmp_path: Path) -> None:
    sign = tmp_path / "job"
    with worker(serve_test_jobs, settings), worker(serve_test_jobs, settings):
        enqueue(settings, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 1, "the job to begin")
        asyncio.run(asyncio.sleep(5))  # two heartbeats' life, with a second worker that looks for dead jobs each second
        (tmp_path / "job.go").touch()
        wait_for(lambda: lines(sign) == 2, "the end of the job")
        asyncio.run(asyncio.sleep(1.5))
    assert lines(sign) == 2


def test_a_job_that_fails_does_not_stop_the_worker(settings: Settings, tmp_path: Path) -> None:
    sign = tmp_path / "job"
    (tmp_path / "job.go").touch()
    with worker(serve_test_jobs, settings):
        enqueue(settings, JobName.EMBED_PASSAGES, TEST_FUNCTIONS, project_id=1)
        enqueue(settings, JobName.INGEST_PATH, TEST_FUNCTIONS, project_id=1, path=str(sign))
        wait_for(lambda: lines(sign) == 2, "the job behind the broken one")


def test_the_heavy_worker_ingests_a_folder(settings: Settings, tmp_path: Path) -> None:
    brand = tmp_path / "brand"
    brand.mkdir()
    (brand / "tone.md").write_text("# Тон\n\nСпокойно и тепло.", encoding="utf-8")
    project_id = asyncio.run(add_project(settings))
    with worker(run, settings, "heavy"):
        enqueue(settings, JobName.INGEST_PATH, project_id=project_id, path=str(brand))
        wait_for(lambda: asyncio.run(count_passages(settings, project_id)) == 1, "the document")


async def add_project(settings: Settings) -> int:
    async with opened_store(settings) as store, store.transaction() as tx:
        return (await tx.projects.ensure("brand", "Brand", BrandProfile())).id


async def count_passages(settings: Settings, project_id: int) -> int:
    async with opened_store(settings) as store, store.reading() as tx:
        return await tx.documents.count_passages(project_id)


def depth(settings: Settings) -> int:
    async def work() -> int:
        queue = RqJobQueue(str(settings.redis_url), FUNCTIONS)
        waiting = await queue.depth()
        await queue.aclose()
        return sum(waiting.values())

    return asyncio.run(work())


def lines(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0
