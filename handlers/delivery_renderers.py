"""What each kind of delivery says, one small renderer a kind.

A renderer raises Undeliverable when what it should show is gone for good, and NotNeeded when the world has moved on and
the message would only confuse.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram.types import InlineKeyboardMarkup

from handlers.i18n import Texts, mark
from handlers.keyboards import access_keyboard, card_keyboard
from handlers.views.card import card_message
from handlers.views.formatted import Formatted
from handlers.views.message import RenderedMessage, message
from handlers.views.people import access_request_message
from handlers.views.review import decided_message, review_card_message
from services.assistant.ports import Card
from services.delivery.ports import Undeliverable
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind


@dataclass(frozen=True, slots=True)
class Said:
    """Our own words. A long message becomes several; the keyboard is under the last one."""

    message: RenderedMessage
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True)
class Copied:
    """Somebody's message as it is, without "forwarded from"."""

    source: ChatAddress


@dataclass(frozen=True, slots=True)
class Edited:
    """Shown in the message that the delivery's address names. Doing it twice changes nothing."""

    message: RenderedMessage
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True, slots=True)
class Voiced:
    """A voice message, in reply to the message that the delivery's address names: Ogg Opus."""

    audio: bytes
    duration_ms: int


@dataclass(frozen=True, slots=True)
class Attached:
    """A document, in reply to the message that the delivery's address names."""

    name: str
    content: bytes
    caption: str


@dataclass(frozen=True, slots=True)
class Pictured:
    """A PNG with words and buttons."""

    png: bytes
    caption: Formatted
    keyboard: InlineKeyboardMarkup


Content = Said | Copied | Edited | Voiced | Attached | Pictured
Renderer = Callable[[Delivery, Texts], Awaitable[Content]]
"""`Texts` are in the language of the reader."""
Renderers = dict[DeliveryKind, Renderer]
FindCard = Callable[[int, int], Awaitable[Card | None]]
"""By generation id, as the person with this Telegram id should see it."""


def access_renderers() -> Renderers:
    return {
        DeliveryKind.ACCESS_GRANTED: _notice(mark("access.granted")),
        DeliveryKind.ACCESS_DENIED: _notice(mark("access.denied")),
        DeliveryKind.ACCESS_REQUEST: _access_request,
    }


def draft_renderers(find_card: FindCard) -> Renderers:
    async def card_of(delivery: Delivery) -> Card:
        card = await find_card(int(delivery.payload["generation_id"]), delivery.address.chat_id)
        if card is None:
            raise Undeliverable("the draft is gone")
        return card

    async def review_card(delivery: Delivery, texts: Texts) -> Content:
        card = await card_of(delivery)
        heading = texts("review.card_from", name=str(delivery.payload["from"]))
        return Said(review_card_message(heading, card_message(card, texts)), card_keyboard(card, texts))

    async def decided(delivery: Delivery, texts: Texts) -> Content:
        return Said(decided_message(await card_of(delivery), str(delivery.payload["decided_by"]), texts))

    return {DeliveryKind.REVIEW_CARD: review_card, DeliveryKind.DRAFT_DECIDED: decided}


def broadcast_renderers() -> Renderers:
    async def announcement(delivery: Delivery, _: Texts) -> Content:
        source = ChatAddress(int(delivery.payload["from_chat_id"]), message_id=int(delivery.payload["message_id"]))
        return Copied(source)

    return {DeliveryKind.BROADCAST: announcement}


def _notice(key: str) -> Renderer:
    async def render(_: Delivery, texts: Texts) -> Content:
        return Said(message(texts(key)))

    return render


async def _access_request(delivery: Delivery, texts: Texts) -> Content:
    payload = delivery.payload
    asked = access_request_message(payload["name"], payload.get("username") or None, texts)
    return Said(asked, access_keyboard(int(payload["member_id"]), texts))
