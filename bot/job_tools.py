"""What the jobs of one queue work with, opened over the container for the life of the worker."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from loguru import logger

from bot.container import Container, open_container
from bot.job_lease import JobLease
from bot.outbox import StoreOutbox
from bot.settings import Settings
from services.assistant.close_chat import CloseChat
from services.assistant.shown_attempts import remember_shown
from services.delivery.ports import DeliverySender
from services.delivery.service import OutboxDrain
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.errors import StoreUnavailable
from services.queue.ports import JobQueue, QueueName
from services.retrieval.embedding_turns import EmbeddingTurns
from services.retrieval.ingestion import FolderOutcome
from services.store.ports import Store

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
        return await self.leases.run(f"embed:{project_id}", partial(self.embedding.embed, project_id)) or 0

    def stop(self) -> None:
        self.drain.stop()
        self.embedding.stop()


class NoSender:
    """The heavy worker has no bot: importing aiogram would cost it 120 MB for nothing."""

    async def send(self, delivery: object) -> None:
        raise RuntimeError("deliveries belong to the worker of the queue `delivery`")


@asynccontextmanager
async def open_job_tools(settings: Settings, queue: QueueName) -> AsyncIterator[OpenTools]:
    async with open_container(settings, queue.value) as container, AsyncExitStack() as stack:
        sender: DeliverySender = NoSender()
        bot: Bot | None = None
        if queue is QueueName.DELIVERY:
            from bot.telegram import build_bot

            bot = build_bot(settings, container.adapters.limiter, container.store)
            stack.push_async_callback(bot.session.close)
            sender = build_sender(container, bot)
        outbox = StoreOutbox(container.store)
        adapters = container.adapters
        embedding = EmbeddingTurns(container.services.ingestion, adapters.embedder)
        drain = OutboxDrain(outbox, sender, adapters.clock, on_closed=CloseChat(container.store))
        yield OpenTools(container, drain, embedding, JobLease(container.store), bot)


class RememberingSender:
    """A reply to a review card refines the draft on it, like a reply to the message the draft was made in."""

    def __init__(self, sender: DeliverySender, store: Store) -> None:
        self._sender = sender
        self._store = store

    async def send(self, delivery: Delivery) -> ChatAddress | None:
        shown_in = await self._sender.send(delivery)
        if shown_in is not None and delivery.kind is DeliveryKind.REVIEW_CARD:
            try:
                async with self._store.transaction() as tx:
                    await remember_shown(tx, shown_in, int(delivery.payload["generation_id"]))
            except StoreUnavailable:  # it is on the screen: it must not be sent again for the sake of a note about it
                logger.bind(delivery=delivery.id).warning("replies to this card will not be understood")
        return shown_in


def build_sender(container: Container, bot: "Bot") -> DeliverySender:
    """Renders deliveries in the language of their reader."""
    from bot.telegram_session import ConnectFailed
    from bot.urgency import mark_urgency
    from handlers.delivery_renderers import access_renderers, broadcast_renderers, draft_renderers
    from handlers.delivery_sender import TelegramDeliverySender
    from handlers.i18n import Catalogues
    from handlers.review_renderers import review_renderers
    from services.assistant.cards import build_card
    from services.assistant.describe_drafts import DescribeDrafts
    from services.assistant.ports import Card
    from services.assistant.refresh_card import CardInMessage
    from services.domain.member import Member

    store = container.store

    async def find_member(telegram_id: int) -> Member | None:
        async with store.reading() as tx:
            return await tx.members.by_telegram_id(telegram_id)

    async def find_card(generation_id: int, telegram_id: int) -> Card | None:
        async with store.reading() as tx:
            generation = await tx.generations.get(generation_id)
            reader = await tx.members.by_telegram_id(telegram_id)
            return None if generation is None else await build_card(tx, generation, viewer=reader)

    catalogues = Catalogues(container.settings.default_language)
    describe = DescribeDrafts(store, container.adapters.clock)
    reviews = review_renderers(describe, CardInMessage(store), catalogues)
    sender = TelegramDeliverySender(
        bot,
        catalogues,
        find_member,
        {**access_renderers(), **draft_renderers(find_card), **reviews, **broadcast_renderers()},
        mark=mark_urgency,
        never_left=(ConnectFailed,),
    )
    return RememberingSender(sender, store)
