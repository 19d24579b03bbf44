"""The one way in which messages leave: topic, reply, quality and length are settled here."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramServerError,
)
from aiogram.types import (
    ForceReply,
    InlineKeyboardMarkup,
    InputRichMessage,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from loguru import logger

from handlers.views.formatted import Formatted, plain
from handlers.views.links import broken
from handlers.views.message import RenderedMessage
from handlers.views.split import head
from services.domain.chat import ChatAddress


class Urgency(StrEnum):
    """How soon a call must go when Telegram's limits are near; the process maps it to the limiter's priorities."""

    FINAL = "final"
    REPLY = "reply"
    NOTIFICATION = "notification"
    PREVIEW = "preview"


MarkUrgency = Callable[[Urgency], AbstractContextManager[None]]


def unmarked(urgency: Urgency) -> AbstractContextManager[None]:
    """Calls go as the limiter takes them by default."""
    return nullcontext()


ANSWER_LOST = (TelegramNetworkError, TelegramServerError, ClientDecodeError)
"""After these nobody knows whether Telegram has done what it was asked."""


class MessageGone(Exception):
    """The message that was to be edited does not exist any more."""


_GONE = ("message to edit not found", "message_id_invalid", "message can't be edited", "message is not found")
_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
Keyboard = InlineKeyboardMarkup | ForceReply


def is_unchanged(error: TelegramBadRequest) -> bool:
    return "message is not modified" in error.message.lower()


def is_gone(error: TelegramBadRequest) -> bool:
    return any(phrase in error.message.lower() for phrase in _GONE)


def rich_content(markdown: str) -> InputRichMessage:
    """Telegram must not make addresses in a model's text clickable by itself."""
    return InputRichMessage(markdown=markdown, skip_entity_detection=True)


class MessageSender:
    def __init__(self, bot: Bot, mark: MarkUrgency = unmarked) -> None:
        self._bot = bot
        self._mark = mark

    async def send(
        self,
        to: ChatAddress,
        rendered: RenderedMessage,
        keyboard: Keyboard | None = None,
        *,
        reply_to: int | None = None,
        urgency: Urgency = Urgency.REPLY,
    ) -> ChatAddress:
        """The address of the last part, which carries the keyboard. Raises TelegramAPIError."""
        with self._mark(urgency):
            if rendered.rich_markdown is not None:
                sent = await self._send_rich(to, rendered.rich_markdown, keyboard, reply_to)
                if sent is not None:
                    return sent
            return await self._send_parts(to, rendered.parts, keyboard, reply_to)

    async def edit(
        self,
        at: ChatAddress,
        rendered: RenderedMessage,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        urgency: Urgency = Urgency.REPLY,
    ) -> ChatAddress:
        """Show `rendered` in the message `at`, going on in new messages when it is long. Editing twice is harmless.

        Returns the address of the last part. Raises MessageGone, TelegramAPIError.
        """
        with self._mark(urgency):
            if rendered.rich_markdown is not None and await self._edit_rich(at, rendered.rich_markdown, keyboard):
                return at
            first, *rest = rendered.parts
            await self._edit_text(at, first, None if rest else keyboard)
            return await self._send_parts(at, rest, keyboard, at.message_id) if rest else at

    async def edit_rich(
        self, at: ChatAddress, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None, *, urgency: Urgency
    ) -> bool:
        """False: there is nothing rich to show, or this server does not take it. Raises MessageGone."""
        if rendered.rich_markdown is None:
            return False
        with self._mark(urgency):
            return await self._edit_rich(at, rendered.rich_markdown, keyboard)

    async def edit_part(
        self, at: ChatAddress, part: Formatted, keyboard: InlineKeyboardMarkup | None, *, urgency: Urgency
    ) -> None:
        """One of `rendered.parts` in one message. Raises MessageGone."""
        with self._mark(urgency):
            await self._edit_text(at, part, keyboard)

    async def replace(
        self,
        at: ChatAddress,
        rendered: RenderedMessage,
        keyboard: InlineKeyboardMarkup | None = None,
        *,
        urgency: Urgency = Urgency.REPLY,
    ) -> ChatAddress:
        """`edit`, or a new message when a person has deleted the old one."""
        try:
            return await self.edit(at, rendered, keyboard, urgency=urgency)
        except MessageGone:
            return await self.send(at, rendered, keyboard, urgency=urgency)

    async def edit_keyboard(self, at: ChatAddress, keyboard: InlineKeyboardMarkup | None) -> None:
        try:
            await self._bot.edit_message_reply_markup(
                chat_id=at.chat_id, message_id=at.message_id, reply_markup=keyboard
            )
        except TelegramBadRequest as error:
            if not (is_unchanged(error) or is_gone(error)):
                raise

    async def remove(self, at: ChatAddress) -> bool:
        """Delete a message of ours; one that is gone already is as good. False: it must stay, being older than two
        days for instance."""
        try:
            await self._bot.delete_message(chat_id=at.chat_id, message_id=at.message_id or 0)
        except TelegramBadRequest as error:
            logger.info("not deleted in chat={}: {}", at.chat_id, error.message)
            return "not found" in error.message.lower()
        return True

    async def _send_rich(
        self, to: ChatAddress, markdown: str, keyboard: Keyboard | None, reply_to: int | None
    ) -> ChatAddress | None:
        """None: this server takes no rich messages, or not this one."""
        try:
            sent = await self._bot.send_rich_message(
                chat_id=to.chat_id,
                message_thread_id=to.topic_id,
                rich_message=rich_content(markdown),
                reply_parameters=_reply(reply_to),
                reply_markup=keyboard,
            )
        except (TelegramBadRequest, TelegramNotFound) as error:
            logger.info("rich message refused in chat={}: {}", to.chat_id, error.message)
            return None
        return place_of(sent, to)

    async def _edit_rich(self, at: ChatAddress, markdown: str, keyboard: InlineKeyboardMarkup | None) -> bool:
        try:
            await self._bot.edit_message_text(
                chat_id=at.chat_id,
                message_id=at.message_id,
                rich_message=rich_content(markdown),
                reply_markup=keyboard,
                parse_mode=None,
            )
        except TelegramBadRequest as error:
            if is_gone(error):
                raise MessageGone from error
            if not is_unchanged(error):
                logger.info("rich message refused in chat={}: {}", at.chat_id, error.message)
            return is_unchanged(error)
        return True

    async def _send_parts(
        self, to: ChatAddress, parts: Sequence[Formatted], keyboard: Keyboard | None, reply_to: int | None
    ) -> ChatAddress:
        last = to
        for number, part in enumerate(parts, start=1):
            last = await self._send_text(
                to, part, keyboard if number == len(parts) else None, reply_to if number == 1 else None
            )
        return last

    async def _send_text(
        self, to: ChatAddress, part: Formatted, keyboard: Keyboard | None, reply_to: int | None
    ) -> ChatAddress:
        try:
            sent = await self._bot.send_message(
                chat_id=to.chat_id,
                message_thread_id=to.topic_id,
                text=part.text,
                entities=list(part.entities) or None,
                parse_mode=None,
                link_preview_options=_NO_PREVIEW,
                reply_parameters=_reply(reply_to),
                reply_markup=keyboard,
            )
        except TelegramBadRequest as error:
            return await self._send_text(to, _unformatted(part, error), keyboard, reply_to)
        return place_of(sent, to)

    async def _edit_text(self, at: ChatAddress, part: Formatted, keyboard: InlineKeyboardMarkup | None) -> None:
        try:
            await self._bot.edit_message_text(
                chat_id=at.chat_id,
                message_id=at.message_id,
                text=part.text,
                entities=list(part.entities) or None,
                parse_mode=None,
                link_preview_options=_NO_PREVIEW,
                reply_markup=keyboard,
            )
        except TelegramBadRequest as error:
            if is_gone(error):
                raise MessageGone from error
            if not is_unchanged(error):
                await self._edit_text(at, _unformatted(part, error), keyboard)


def place_of(sent: Message, to: ChatAddress) -> ChatAddress:
    """Where it really is: a group may have become a supergroup while the call was under way."""
    return ChatAddress(sent.chat.id, to.topic_id, sent.message_id)


def _reply(message_id: int | None) -> ReplyParameters | None:
    """A person may delete the message that is being answered; the answer goes out all the same."""
    return ReplyParameters(message_id=message_id, allow_sending_without_reply=True) if message_id else None


def _unformatted(part: Formatted, error: TelegramBadRequest) -> Formatted:
    """The part without entities, for a server that refuses them. Raises `error` when formatting is not to blame."""
    said = error.message.lower()
    if not part.entities or not ("entit" in said or "parse" in said):
        raise error
    logger.warning("entities refused: {}", error.message)
    return head(plain(broken(part.text)))
