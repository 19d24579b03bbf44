"""Messages that nobody waits for on screen, rendered in the reader's language when they are sent.

Implements `services.delivery.ports.DeliverySender`, and speaks its errors: the one place where handlers know delivery.
"""

from collections.abc import Awaitable, Callable, Mapping

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.types import BufferedInputFile, ReplyParameters

from handlers.card_edit import edit_card
from handlers.closed_chat import is_closed
from handlers.delivery_renderers import Attached, Content, Copied, Edited, Pictured, Renderer, Voiced
from handlers.i18n import Catalogues
from handlers.pictures import send_picture
from handlers.sender import MarkUrgency, MessageGone, MessageSender, Urgency, unmarked
from services.delivery.ports import ChatMoved, NotSent, Uncertain, Undeliverable
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind
from services.domain.member import Member

FindMember = Callable[[int], Awaitable[Member | None]]
"""By Telegram id: whose language is it?"""
UNAUTHORIZED_PAUSE_SECONDS = 60.0


class TelegramDeliverySender:
    def __init__(
        self,
        bot: Bot,
        catalogues: Catalogues,
        find_member: FindMember,
        renderers: Mapping[DeliveryKind, Renderer],
        *,
        mark: MarkUrgency = unmarked,
        never_left: tuple[type[Exception], ...] = (),
    ) -> None:
        """`never_left`: network errors that prove that the request did not reach Telegram."""
        self._bot = bot
        self._sender = MessageSender(bot, mark)
        self._mark = mark
        self._catalogues = catalogues
        self._find_member = find_member
        self._renderers = renderers
        self._never_left: tuple[type[Exception], ...] = (*never_left, RestartingTelegram)

    async def send(self, delivery: Delivery) -> ChatAddress | None:
        content = await self._render(delivery)
        try:
            return await self._send(delivery.address, content)
        except TelegramRetryAfter as error:
            raise NotSent(float(error.retry_after), code="flood") from error
        except TelegramMigrateToChat as error:
            raise ChatMoved(error.migrate_to_chat_id) from error
        except TelegramUnauthorizedError as error:  # an operator changes the token; the message is as good as before
            raise NotSent(UNAUTHORIZED_PAUSE_SECONDS, code="unauthorized") from error
        except (TelegramForbiddenError, TelegramNotFound, TelegramBadRequest, TelegramEntityTooLarge) as error:
            raise Undeliverable(error.message, code="chat_closed" if is_closed(error) else "refused") from error
        except self._never_left as error:
            raise NotSent from error
        except (TelegramAPIError, ClientDecodeError) as error:
            if isinstance(content, Edited):
                raise NotSent from error
            raise Uncertain(type(error).__name__) from error

    async def _render(self, delivery: Delivery) -> Content:
        reader = await self._find_member(delivery.address.chat_id)
        texts = self._catalogues.texts(self._catalogues.choose(reader.reads_in if reader else None, None))
        return await self._renderers[delivery.kind](delivery, texts)

    async def _send(self, to: ChatAddress, content: Content) -> ChatAddress | None:
        if isinstance(content, Edited):
            return await self._edit(to, content)
        if isinstance(content, Copied):
            return await self._copy(to, content.source)
        if isinstance(content, Voiced):
            return await self._speak(to, content)
        if isinstance(content, Attached):
            return await self._attach(to, content)
        if isinstance(content, Pictured):
            with self._mark(Urgency.NOTIFICATION):
                return await send_picture(self._bot, to, content.png, content.caption, content.keyboard)
        return await self._sender.send(to, content.message, content.keyboard, urgency=Urgency.NOTIFICATION)

    async def _edit(self, at: ChatAddress, content: Edited) -> ChatAddress | None:
        try:
            await edit_card(self._sender, at, content.message, content.keyboard, urgency=Urgency.NOTIFICATION)
        except MessageGone:  # a person deleted it: nothing shows an outdated state any more
            return None
        return at

    async def _copy(self, to: ChatAddress, source: ChatAddress) -> ChatAddress:
        with self._mark(Urgency.NOTIFICATION):
            sent = await self._bot.copy_message(
                chat_id=to.chat_id,
                message_thread_id=to.topic_id,
                from_chat_id=source.chat_id,
                message_id=source.message_id or 0,
            )
        return to.at(sent.message_id)

    async def _speak(self, card: ChatAddress, content: Voiced) -> ChatAddress:
        """`card`: the message with the words; a voice goes without it where a person has deleted it."""
        with self._mark(Urgency.NOTIFICATION):
            sent = await self._bot.send_voice(
                chat_id=card.chat_id,
                message_thread_id=card.topic_id,
                voice=BufferedInputFile(content.audio, "muza.ogg"),
                duration=max(1, round(content.duration_ms / 1000)),
                reply_parameters=_reply_to(card),
            )
        return card.at(sent.message_id)

    async def _attach(self, carrier: ChatAddress, content: Attached) -> ChatAddress:
        with self._mark(Urgency.NOTIFICATION):
            sent = await self._bot.send_document(
                chat_id=carrier.chat_id,
                message_thread_id=carrier.topic_id,
                document=BufferedInputFile(content.content, content.name),
                caption=content.caption,
                reply_parameters=_reply_to(carrier),
            )
        return carrier.at(sent.message_id)


def _reply_to(message: ChatAddress) -> ReplyParameters | None:
    """A person may have deleted it: what answers it goes out all the same."""
    if message.message_id is None:
        return None
    return ReplyParameters(message_id=message.message_id, allow_sending_without_reply=True)
