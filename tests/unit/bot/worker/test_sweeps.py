"""What a worker does without being asked by a job."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bot.delivery_senders import RememberingSender
from bot.job_runtime import JobRuntime
from bot.jobs import CURRENT_RUNNER, embed_passages
from bot.knowledge_sweep import sweep_knowledge
from bot.rq_worker import Watchfulness
from bot.worker import QueueServer, sweep_deliveries
from services.delivery.service import DrainReport
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.errors import FilesUnavailable, KnowledgeUnavailable, StoreUnavailable
from services.queue.ports import JobName, QueueName
from services.store.sql_store import SqlStore
from tests.fakes.delivery_sender import RecordingDeliverySender
from tests.fixtures_valkey import ValkeyServer
from tests.unit.bot.waiting import until
from tests.unit.bot.worker.processes import worker


class Tools:
    """Two projects; every second attempt at anything fails."""

    def __init__(self) -> None:
        self.attempts: list[object] = []
        self.embedded: list[int] = []
        self.drains = 0
        self.drain: Any = self

    async def project_ids(self) -> Sequence[int]:
        return [1, 2]

    async def embed(self, project_id: int) -> int:
        self.attempts.append(project_id)
        if len(self.attempts) % 2:
            raise KnowledgeUnavailable("the model is loading")
        self.embedded.append(project_id)
        return 1

    async def __call__(self) -> DrainReport:
        self.attempts.append("drain")
        if len(self.attempts) % 2:
            raise StoreUnavailable("locked")
        self.drains += 1
        return DrainReport()


async def test_missing_vectors_are_made_when_the_model_comes_back() -> None:
    tools: Any = Tools()
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(sweep_knowledge(tools, stop, every_seconds=0.001, first_pause_seconds=0.001))
        await until(lambda: len(tools.embedded) >= 3, "some sweeps")
        stop.set()


async def test_the_outbox_is_swept_again_after_a_trouble() -> None:
    tools = Tools()
    swept: Any = SimpleNamespace(drain=SimpleNamespace(drain=tools))
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(sweep_deliveries(swept, stop, every_seconds=0.001))
        await until(lambda: tools.drains >= 3, "some sweeps")
        stop.set()


def test_an_embedding_job_leaves_a_loading_model_to_the_sweep() -> None:
    taken: list[JobName] = []

    class Runner:
        def run(self, work: Any) -> None:
            asyncio.run(work(Tools()))

        def take_hint(self, job: JobName, **arguments: int | str) -> None:
            taken.append(job)

    token = CURRENT_RUNNER.set(Runner())
    embed_passages(project_id=1)
    CURRENT_RUNNER.reset(token)
    assert taken == [JobName.EMBED_PASSAGES]


async def test_a_card_on_the_screen_is_not_sent_again_because_a_note_about_it_failed(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Any:
        raise StoreUnavailable("locked")

    monkeypatch.setattr(sqlite_store, "transaction", away)
    sender = RecordingDeliverySender()
    delivery = Delivery(1, DeliveryKind.REVIEW_CARD, ChatAddress(5), {"generation_id": 1}, key="k")
    shown_in = await RememberingSender(sender, sqlite_store, forget_sound).send(delivery)
    assert shown_in == ChatAddress(5, None, 1)
    assert sender.sent == ["k"]


async def test_sound_that_arrived_and_cannot_be_deleted_is_not_sent_again(sqlite_store: SqlStore) -> None:
    sender = RecordingDeliverySender()
    delivery = Delivery(1, DeliveryKind.VOICE_REPLY, ChatAddress(5), {"generation_id": 1}, key="v")
    assert await RememberingSender(sender, sqlite_store, forget_sound).send(delivery) == ChatAddress(5, None, 1)
    assert sender.sent == ["v"]


async def forget_sound(generation_id: int) -> None:
    raise FilesUnavailable("no answer")


@asynccontextmanager
async def no_tools() -> AsyncIterator[Any]:
    yield SimpleNamespace(stop=lambda: None)


async def break_when_told(tools: Any, stop: asyncio.Event) -> None:
    raise LookupError("a bug beside the jobs")


def serve_and_break(redis_url: str, told: Path) -> None:
    with JobRuntime(no_tools, break_when_told) as runtime:
        QueueServer(runtime, QueueName.HEAVY, redis_url, Watchfulness()).serve()
    told.write_text(str(runtime.is_broken))


def test_a_worker_whose_event_loop_broke_ends_and_says_so(own_valkey: ValkeyServer, tmp_path: Path) -> None:
    told = tmp_path / "told"
    with worker(serve_and_break, own_valkey.url, told) as process:
        process.join(20)
        assert process.exitcode in (0, -15)  # -15: it broke before the signal handlers were there
    assert process.exitcode == -15 or told.read_text() == "True"
