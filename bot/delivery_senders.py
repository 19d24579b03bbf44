"""The sender of the delivery worker, put over a container. Imports aiogram: the heavy worker leaves it alone."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from zoneinfo import ZoneInfo

from aiogram import Bot
from loguru import logger

from bot.budget_facts import BudgetFacts
from bot.container import Container
from bot.speech import open_speak_answer
from bot.telegram_session import ConnectFailed
from bot.urgency import mark_urgency
from handlers.answer_renderers import answer_renderers
from handlers.batch_renderers import batch_renderers
from handlers.budget_answers import budget_answer_renderers
from handlers.budget_renderers import budget_renderers
from handlers.delivery_renderers import Renderers, access_renderers, broadcast_renderers, draft_renderers
from handlers.delivery_sender import TelegramDeliverySender
from handlers.digest_renderers import digest_renderers
from handlers.i18n import Catalogues
from handlers.price_renderers import price_renderers
from handlers.review_renderers import review_renderers
from handlers.stale_renderers import stale_renderers
from handlers.transcript_renderers import transcript_renderers
from handlers.undelivered_renderers import undelivered_renderers
from handlers.voice_renderers import voice_renderers
from services.assistant.batches.read_batch import ReadBatch
from services.assistant.budgets.team_days import TeamDays
from services.assistant.cards import build_card
from services.assistant.describe_drafts import DescribeDrafts
from services.assistant.digests.report_digest import ReportDigest
from services.assistant.knowledge.report_stale_documents import ReportStaleDocuments
from services.assistant.list_undelivered import ListUndelivered, UndeliveredPage
from services.assistant.listening.export_transcript import ExportTranscript
from services.assistant.ports import Card
from services.assistant.refresh_card import CardInMessage
from services.assistant.shown_attempts import remember_shown
from services.charts.child_painter import ChildChartPainter
from services.delivery.ports import DeliverySender
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.errors import MuzaError
from services.domain.member import Member
from services.store.ports import Store

_SHOWING = frozenset({DeliveryKind.REVIEW_CARD, DeliveryKind.VOICE_REPLY})


class RememberingSender:
    """A reply to a review card, or to an answer read aloud, refines the draft on it, like a reply to the message the
    draft was made in. Sound that has arrived is kept no longer."""

    def __init__(self, sender: DeliverySender, store: Store, forget_sound: Callable[[int], Awaitable[None]]) -> None:
        self._sender = sender
        self._store = store
        self._forget_sound = forget_sound

    async def send(self, delivery: Delivery) -> ChatAddress | None:
        shown_in = await self._sender.send(delivery)
        if shown_in is None or delivery.kind not in _SHOWING:
            return shown_in
        generation_id = int(delivery.payload["generation_id"])
        try:
            async with self._store.transaction() as tx:
                await remember_shown(tx, shown_in, generation_id)
            if delivery.kind is DeliveryKind.VOICE_REPLY:
                await self._forget_sound(generation_id)
        except MuzaError as error:  # it is on the screen: it must not be sent again for the sake of a note about it
            logger.bind(delivery=delivery.id).warning("what follows a delivery was not done: {}", error.code)
        return shown_in


class Facts:
    """What the renderers look up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._list_undelivered = ListUndelivered(store)

    async def member(self, telegram_id: int) -> Member | None:
        async with self._store.reading() as tx:
            return await tx.members.by_telegram_id(telegram_id)

    async def card(self, generation_id: int, telegram_id: int) -> Card | None:
        async with self._store.reading() as tx:
            generation = await tx.generations.get(generation_id)
            reader = await tx.members.by_telegram_id(telegram_id)
            return None if generation is None else await build_card(tx, generation, viewer=reader)

    async def undelivered(self, telegram_id: int) -> UndeliveredPage | None:
        admin = await self.member(telegram_id)
        return await self._list_undelivered(admin) if admin is not None and admin.may_administer else None


def build_sender(container: Container, bot: Bot, stack: AsyncExitStack) -> DeliverySender:
    """Renders deliveries in the language of their reader. What it opens is closed by `stack`."""
    speak = open_speak_answer(container, stack)
    painter = ChildChartPainter(container.settings.data_dir.absolute() / "charts")
    stack.push_async_callback(painter.aclose)
    facts, catalogues = Facts(container.store), Catalogues(container.settings.default_language)
    sender = TelegramDeliverySender(
        bot,
        catalogues,
        facts.member,
        {
            **_renderers(container, facts, catalogues),
            **digest_renderers(ReportDigest(container.store, _days(container), container.settings.digest), painter),
            **voice_renderers(facts.card, speak, catalogues),
        },
        mark=mark_urgency,
        never_left=(ConnectFailed,),
    )
    return RememberingSender(sender, container.store, speak.forget)


def _renderers(container: Container, facts: Facts, catalogues: Catalogues) -> Renderers:
    """A renderer for each kind of delivery."""
    money = BudgetFacts(container.store, _days(container))
    describe = DescribeDrafts(container.store, container.adapters.clock)
    return {
        **access_renderers(),
        **draft_renderers(facts.card),
        **answer_renderers(facts.card),
        **review_renderers(describe, CardInMessage(container.store), catalogues),
        **batch_renderers(ReadBatch(container.store, _days(container)), catalogues),
        **broadcast_renderers(),
        **budget_renderers(),
        **price_renderers(),
        **budget_answer_renderers(money.sheet, money.saved_request),
        **undelivered_renderers(facts.undelivered),
        **stale_renderers(ReportStaleDocuments(container.store, _days(container))),
        **transcript_renderers(ExportTranscript(container.store)),
    }


def _days(container: Container) -> TeamDays:
    return TeamDays(container.adapters.clock, ZoneInfo(container.settings.timezone))
