"""What reviewers and askers hear about drafts that wait, and the edit that brings a card up to date."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from handlers.delivery_renderers import Content, Edited, Renderers, Said
from handlers.i18n import Catalogues, Texts
from handlers.keyboards import card_keyboard
from handlers.queue_keyboards import drafts_keyboard
from handlers.views.card import card_message
from handlers.views.queue import expired_message, reminder_message
from services.assistant.list_queue import QueueItem
from services.assistant.ports import Card
from services.delivery.ports import NotNeeded
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind


class DescribeDrafts(Protocol):
    async def waiting(self, generation_ids: list[int]) -> tuple[QueueItem, ...]: ...
    async def expired(self, generation_ids: list[int]) -> tuple[QueueItem, ...]: ...


FindShown = Callable[[ChatAddress, int], Awaitable[Card | None]]
"""The card a message should show by now; None when it needs no edit."""


def review_renderers(describe: DescribeDrafts, find_shown: FindShown, catalogues: Catalogues) -> Renderers:
    async def reminder(delivery: Delivery, texts: Texts) -> Content:
        items = await describe.waiting(delivery.payload["generation_ids"])
        if not items:
            raise NotNeeded
        said = reminder_message(items, delivery.payload, texts, in_private=delivery.address.is_private)
        return Said(said, drafts_keyboard(items))

    async def expired(delivery: Delivery, texts: Texts) -> Content:
        items = await describe.expired(delivery.payload["generation_ids"])
        if not items:
            raise NotNeeded
        said = expired_message(items, delivery.payload, texts, in_private=delivery.address.is_private)
        return Said(said, drafts_keyboard(items))

    async def changed(delivery: Delivery, _: Texts) -> Content:
        if delivery.address.message_id is None:  # the group became a supergroup, and its messages stayed behind
            raise NotNeeded
        card = await find_shown(delivery.address, int(delivery.payload["generation_id"]))
        if card is None:
            raise NotNeeded
        texts = catalogues.texts(card.language)
        return Edited(card_message(card, texts), card_keyboard(card, texts))

    return {
        DeliveryKind.REVIEW_REMINDER: reminder,
        DeliveryKind.REVIEW_EXPIRED: expired,
        DeliveryKind.CARD_CHANGED: changed,
    }
