"""Whole worker processes over a real queue, a real database and a small Telegram."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.worker import run_worker
from handlers.delivery_sender import TelegramDeliverySender
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from services.domain.project import BrandProfile
from services.queue.ports import JobName
from services.store.sql_store import SqlStore
from tests.fixtures_store import opened
from tests.fixtures_valkey import ValkeyServer
from tests.unit.bot.waiting import wait_for
from tests.unit.bot.worker.bot_api_server import BotApiServer
from tests.unit.bot.worker.processes import depth, enqueue, stop, worker

INHERITED = (TelegramDeliverySender,)
"""Imported here, so that the forked workers need not spend seconds on importing aiogram."""


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


def run(settings: Settings, queue: str) -> None:
    raise SystemExit(run_worker(settings, queue))


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


def test_a_delivery_is_sent_when_its_job_comes_and_also_without_a_job(
    settings: Settings, telegram: BotApiServer
) -> None:
    with worker(run, settings, "delivery") as process:
        write_deliveries(settings, 1, 2)
        enqueue(str(settings.redis_url), JobName.DRAIN_DELIVERIES)
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
        enqueue(str(settings.redis_url), JobName.DRAIN_DELIVERIES)
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
        enqueue(str(settings.redis_url), JobName.INGEST_PATH, project_id=1, path="/does/not/exist")
        wait_for(lambda: depth(str(settings.redis_url)) == 0, "the worker to be up")
        assert stop(process) == 0


def test_the_heavy_worker_ingests_a_folder(settings: Settings, tmp_path: Path) -> None:
    brand = tmp_path / "brand"
    brand.mkdir()
    (brand / "tone.md").write_text("# Тон\n\nСпокойно и тепло.", encoding="utf-8")
    project_id = asyncio.run(add_project(settings))
    with worker(run, settings, "heavy"):
        enqueue(str(settings.redis_url), JobName.INGEST_PATH, project_id=project_id, path=str(brand))
        wait_for(lambda: asyncio.run(count_passages(settings, project_id)) == 1, "the document")


async def add_project(settings: Settings) -> int:
    async with opened_store(settings) as store, store.transaction() as tx:
        return (await tx.projects.ensure("brand", "Brand", BrandProfile())).id


async def count_passages(settings: Settings, project_id: int) -> int:
    async with opened_store(settings) as store, store.reading() as tx:
        return await tx.documents.count_passages(project_id)
