"""Messages that nobody waits for on screen, rendered in the reader's language when they are sent.

Implements `services.delivery.ports.DeliverySender`, and speaks its errors: the one place where handlers know delivery.
"""

from collections.abc import Awaitable, Callable

from aiogram import Bot
from aiogram.exceptions import (
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.types import InlineKeyboardMarkup

from handlers.i18n import Catalogues, Texts, mark
from handlers.keyboards import access_keyboard, card_keyboard
from handlers.sender import MarkUrgency, MessageSender, Urgency, unmarked
from handlers.views.card import card_message
from handlers.views.message import RenderedMessage, message
from handlers.views.people import access_request_message
from handlers.views.review import decided_message, review_card_message
from services.assistant.ports import Card
from services.delivery.ports import NotSent, Uncertain, Undeliverable
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.member import Member

FindMember = Callable[[int], Awaitable[Member | None]]
"""By Telegram id: whose language is it?"""
FindCard = Callable[[int, int], Awaitable[Card | None]]
"""By generation id, as the person with this Telegram id should see it."""
Rendered = tuple[RenderedMessage, InlineKeyboardMarkup | None]

_NOTICES = {
    DeliveryKind.ACCESS_GRANTED: mark("access.granted"),
    DeliveryKind.ACCESS_DENIED: mark("access.denied"),
}


class TelegramDeliverySender:
    def __init__(
        self,
        bot: Bot,
        catalogues: Catalogues,
        find_member: FindMember,
        find_card: FindCard,
        *,
        mark: MarkUrgency = unmarked,
        never_left: tuple[type[Exception], ...] = (),
    ) -> None:
        """`never_left`: network errors that prove that the request did not reach Telegram."""
        self._sender = MessageSender(bot, mark)
        self._catalogues = catalogues
        self._find_member = find_member
        self._find_card = find_card
        self._never_left: tuple[type[Exception], ...] = (*never_left, RestartingTelegram)

    async def send(self, delivery: Delivery) -> ChatAddress | None:
        rendered, keyboard = await self._render(delivery)
        try:
            return await self._sender.send(delivery.address, rendered, keyboard, urgency=Urgency.NOTIFICATION)
        except TelegramRetryAfter as error:
            raise NotSent(float(error.retry_after)) from error
        except (TelegramForbiddenError, TelegramNotFound) as error:
            raise Undeliverable(error.message) from error
        except TelegramBadRequest as error:
            raise Undeliverable(error.message) from error
        except self._never_left as error:
            raise NotSent from error
        except (TelegramNetworkError, TelegramServerError, TelegramAPIError) as error:
            raise Uncertain(type(error).__name__) from error

    async def _render(self, delivery: Delivery) -> Rendered:
        reader = await self._find_member(delivery.address.chat_id)
        texts = self._catalogues.texts(self._catalogues.choose(reader.reads_in if reader else None, None))
        if delivery.kind in _NOTICES:
            return message(texts(_NOTICES[delivery.kind])), None
        if delivery.kind is DeliveryKind.ACCESS_REQUEST:
            payload = delivery.payload
            asked = access_request_message(payload["name"], payload.get("username") or None, texts)
            return asked, access_keyboard(int(payload["member_id"]), texts)
        return await self._about_draft(delivery, texts)

    async def _about_draft(self, delivery: Delivery, texts: Texts) -> Rendered:
        card = await self._find_card(int(delivery.payload["generation_id"]), delivery.address.chat_id)
        if card is None:
            raise Undeliverable("the draft is gone")
        if delivery.kind is DeliveryKind.REVIEW_CARD:
            heading = texts("review.card_from", name=str(delivery.payload["from"]))
            return review_card_message(heading, card_message(card, texts)), card_keyboard(card, texts)
        return decided_message(card, str(delivery.payload["decided_by"]), texts), None
