"""What the jobs of one queue work with, opened over the container for the life of the worker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.container import Container, open_container
from bot.job_lease import JobLease
from bot.listening import build_long_listening
from bot.outbox import StoreOutbox
from bot.periodic_actions import build_periodic_work
from bot.periodic_work import PeriodicWork
from bot.recording_runner import RecordingRunner
from bot.settings import Settings
from services.assistant.close_chat import CloseChat
from services.delivery.ports import DeliverySender
from services.delivery.service import OutboxDrain, Pace
from services.queue.ports import JobQueue, QueueName
from services.retrieval.embedding_turns import EmbeddingTurns
from services.retrieval.ingestion import FolderOutcome
from services.store.job_fence import JobOvertaken

if TYPE_CHECKING:
    from aiogram import Bot

BUSY_SECONDS = 2.0
"""Between looks whether another process is through with the documents of a project."""


@dataclass(frozen=True, slots=True)
class OpenTools:
    """Implements `jobs.JobTools`."""

    container: Container
    drain: OutboxDrain
    embedding: EmbeddingTurns
    leases: JobLease
    periodic: PeriodicWork
    listening: RecordingRunner | None = None
    """Of the heavy worker."""
    bot: "Bot | None" = None
    """Of the delivery worker: what works beside the jobs speaks through it."""

    @property
    def queue(self) -> JobQueue:
        return self.container.adapters.jobs

    async def project_ids(self) -> Sequence[int]:
        async with self.container.store.reading() as tx:
            return [project.id for project in await tx.projects.list()]

    async def ingest(self, project_id: int, path: Path) -> FolderOutcome:
        read = partial(self.container.services.ingestion.ingest_folder, project_id, path)
        while (outcome := await self.leases.run(f"ingest:{project_id}", read)) is None:
            if self.embedding.is_stopping:
                return FolderOutcome((), (), (), is_complete=False)
            await asyncio.sleep(BUSY_SECONDS)
        return outcome

    async def embed(self, project_id: int) -> int:
        try:
            return await self.leases.run(f"embed:{project_id}", partial(self.embedding.embed, project_id)) or 0
        except JobOvertaken:
            return 0  # whoever has the job now finds in SQL what is left

    def wake_recording(self, recording_id: int) -> None:
        if self.listening is not None:
            self.listening.wake(recording_id)

    def stop(self) -> None:
        self.drain.stop()
        self.embedding.stop()


class NoSender:
    """The heavy worker has no bot: importing aiogram would cost it 120 MB for nothing."""

    async def send(self, delivery: object) -> None:
        raise RuntimeError("deliveries belong to the worker of the queue `delivery`")


@asynccontextmanager
async def open_job_tools(settings: Settings, queue: QueueName, pace: Pace | None = None) -> AsyncIterator[OpenTools]:
    async with open_container(settings, queue.value) as container, AsyncExitStack() as stack:
        sender: DeliverySender = NoSender()
        bot: Bot | None = None
        if queue is QueueName.DELIVERY:
            from bot.delivery_senders import build_sender
            from bot.telegram import build_bot

            bot = build_bot(settings, container.adapters.limiter, container.store)
            stack.push_async_callback(bot.session.close)
            sender = build_sender(container, bot, stack)
        outbox = StoreOutbox(container.store)
        adapters = container.adapters
        embedding = EmbeddingTurns(container.services.ingestion, adapters.embedder)
        drain = OutboxDrain(outbox, sender, adapters.clock, pace=pace, on_closed=CloseChat(container.store))
        leases = JobLease(container.store)
        listening = build_long_listening(container) if queue is QueueName.HEAVY else None
        periodic = build_periodic_work(container, leases)
        yield OpenTools(container, drain, embedding, leases, periodic, listening, bot)
