"""Whole heavy workers whose model is being loaded, fails, or falls silent in the middle of the work."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from loguru import logger
from redis import Redis
from rq import Queue
from rq.registry import FailedJobRegistry
from rq.serializers import JSONSerializer

from bot.jobs import CURRENT_RUNNER, ingest_path
from bot.settings import Settings
from bot.worker import run_worker
from services.domain.project import BrandProfile
from services.queue.ports import JobName
from services.retrieval.ingestion import Ingestion
from tests.fakes.job_queue import RecordingJobQueue
from tests.fakes.retrieval import MemoryKeywordIndex, MemoryPassageSource
from tests.fixtures_store import opened
from tests.fixtures_valkey import ValkeyServer
from tests.unit.bot.waiting import wait_for
from tests.unit.bot.worker.processes import enqueue, stop, worker
from tests.unit.bot.worker.search_server import MODEL, SearchServer

DOCUMENTS = 80


@pytest.fixture
def search() -> Iterator[SearchServer]:
    with ExitStack() as stack:
        server = SearchServer()
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        yield server


@pytest.fixture
def settings(
    make_settings: Callable[..., Settings], sqlite_url: str, own_valkey: ValkeyServer, search: SearchServer
) -> Settings:
    return make_settings(
        telegram_bot_token="42:TOKEN",
        redis_url=own_valkey.url,
        database_url=sqlite_url,
        embedding_model=MODEL,
        models_url=search.url,
        chroma_url=search.url,
    )


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log"


def run(settings: Settings, log: Path) -> None:
    logger.remove()
    logger.add(log, format="{level} {message}")
    raise SystemExit(run_worker(settings, "heavy"))


def said(log: Path, words: str) -> list[str]:
    return [line for line in log.read_text().splitlines() if words in line] if log.exists() else []


@pytest.fixture
def brand(settings: Settings, tmp_path: Path) -> dict[str, Any]:
    """A project, and the folder of its documents: arguments of the job that reads it."""
    folder = tmp_path / "brand"
    folder.mkdir()
    for number in range(DOCUMENTS):
        (folder / f"{number}.md").write_text(f"# Story\n\nNumber {number}.", encoding="utf-8")

    async def add_project() -> int:
        async with opened(settings.sql_url) as store, store.transaction() as tx:
            return (await tx.projects.ensure("brand", "Brand", BrandProfile())).id

    return {"project_id": asyncio.run(add_project()), "path": str(folder)}


def failed_jobs(settings: Settings) -> int:
    with Redis.from_url(str(settings.redis_url)) as redis:
        queue = Queue("heavy", connection=redis, serializer=JSONSerializer)
        return len(FailedJobRegistry(queue=queue).get_job_ids(cleanup=False)) + queue.count


def test_a_model_that_is_being_loaded_is_waited_for_with_one_line(
    settings: Settings, search: SearchServer, brand: dict[str, Any], log: Path
) -> None:
    search.status = "loading"
    with worker(run, settings, log) as process:
        enqueue(str(settings.redis_url), JobName.INGEST_PATH, **brand)
        wait_for(lambda: bool(said(log, "ingested")), "the documents")
        search.asked.clear()
        assert search.asked.wait(20), "the sweep did not ask again"
        wait_for(lambda: failed_jobs(settings) == 0, "the jobs to end")
        search.status = "ready"
        wait_for(lambda: len(search.vectors) == DOCUMENTS, "the vectors")
        assert stop(process) == 0
    assert len(said(log, "vectors wait")) == 1
    assert said(log, "WARNING") + said(log, "ERROR") == []


def test_a_model_that_can_never_be_had_is_one_warning(
    settings: Settings, search: SearchServer, brand: dict[str, Any], log: Path
) -> None:
    search.status, search.reason = "failed", "set EMBEDDING_MODEL to a folder with the model"
    with worker(run, settings, log) as process:
        enqueue(str(settings.redis_url), JobName.INGEST_PATH, **brand)
        wait_for(lambda: bool(said(log, "ingested")) and failed_jobs(settings) == 0, "the jobs to end")
        assert stop(process) == 0
    assert said(log, "WARNING") == [f"WARNING no vectors, keyword search alone: embedding model: {search.reason}"]
    assert said(log, "ERROR") == []
    search.status = "ready"
    with worker(run, settings, log):
        wait_for(lambda: len(search.vectors) == DOCUMENTS, "the vectors after a repair and a new start")


def test_a_worker_that_waits_for_a_silent_model_stops(
    settings: Settings, search: SearchServer, brand: dict[str, Any], log: Path
) -> None:
    search.status = None
    with worker(run, settings, log) as process:
        enqueue(str(settings.redis_url), JobName.INGEST_PATH, **brand)
        wait_for(lambda: bool(said(log, "ingested")), "the documents")
        assert search.asked.wait(20)
        assert stop(process) == 0
    assert said(log, "stopped")


def test_a_worker_that_embeds_stops_and_the_next_one_goes_on(
    settings: Settings, search: SearchServer, brand: dict[str, Any], log: Path
) -> None:
    search.batches_allowed = 1
    with worker(run, settings, log) as process:
        enqueue(str(settings.redis_url), JobName.INGEST_PATH, **brand)
        assert search.stuck.wait(20)
        assert stop(process) == 0
    assert 0 < len(search.vectors) < DOCUMENTS
    search.batches_allowed = 1_000
    with worker(run, settings, log):
        wait_for(lambda: len(search.vectors) == DOCUMENTS, "the rest of the vectors")
    assert said(log, "ERROR") == []


def test_reading_that_was_stopped_is_queued_again(brand: dict[str, Any]) -> None:
    ingestion = Ingestion(MemoryPassageSource(), MemoryKeywordIndex(), None, None)
    queue = RecordingJobQueue()

    class Runner:
        def run(self, work: Any) -> None:
            asyncio.run(work(SimpleNamespace(ingest=ingestion.ingest_folder, queue=queue)))

    token = CURRENT_RUNNER.set(Runner())  # type: ignore[arg-type]
    ingestion.stop()
    ingest_path(**brand)
    CURRENT_RUNNER.reset(token)
    assert queue.waiting == [(JobName.INGEST_PATH, brand)]
