"""Where a growing answer is drawn: a message that is edited, or Telegram's native draft."""

from typing import Protocol

from aiogram import Bot
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
)
from aiogram.types import InlineKeyboardMarkup
from loguru import logger

from handlers.i18n import Texts
from handlers.keyboards import stop_keyboard
from handlers.recorded_message import RecordedMessage
from handlers.sender import MarkUrgency, MessageGone, MessageSender, Urgency, rich_content
from handlers.views.headline import earlier_part_message, more_message
from handlers.views.message import RenderedMessage
from handlers.views.progress import progress_message, rich_progress
from services.domain.chat import ChatAddress
from services.domain.generation import ACTIVE_STATES, Generation, Stage
from services.domain.idea import Draft


class Canvas(Protocol):
    @property
    def placeholder(self) -> ChatAddress | None: ...

    @property
    def is_shut(self) -> bool:
        """Nobody would see more of it: the chat is closed to the bot, or another process draws."""
        ...

    async def begin(self, stage: Stage) -> None:
        """Show that work goes on. Never raises for Telegram's sake: the final is tried all the same."""
        ...

    async def show(self, stage: Stage, draft: Draft | None) -> None:
        """One preview. Raises TelegramAPIError, or what the limiter raises, when it is not taken."""
        ...

    async def finish(
        self, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None, short: RenderedMessage
    ) -> ChatAddress | None:
        """See `RecordedMessage.finish`."""
        ...


class EditedMessage:
    """A placeholder in reply to the person's words, edited until it holds the final."""

    def __init__(self, sender: MessageSender, generation: Generation, message: RecordedMessage, texts: Texts) -> None:
        self._sender = sender
        self._generation = generation
        self._message = message
        self._texts = texts
        self._shown: RenderedMessage | None = None

    @property
    def placeholder(self) -> ChatAddress | None:
        return self._message.at

    @property
    def is_shut(self) -> bool:
        return self._message.is_closed or self._message.is_lost

    async def begin(self, stage: Stage) -> None:
        if self._generation.state not in ACTIVE_STATES:
            return  # the outcome of an attempt that ended earlier: there is nothing to wait for
        rendered, keyboard = progress_message(stage, None, self._texts), stop_keyboard(self._generation, self._texts)
        try:
            if self._message.at is not None:
                await self._take_over(self._message.at, rendered, keyboard)
            if self._message.at is None:
                await self._message.place(rendered, keyboard, Urgency.REPLY)
            self._shown = rendered
        except (TelegramAPIError, ClientDecodeError) as error:
            logger.warning("no placeholder in chat={}: {}", self._generation_chat, type(error).__name__)

    async def show(self, stage: Stage, draft: Draft | None) -> None:
        rendered = progress_message(stage, draft, self._texts)
        if self._message.at is None or self.is_shut or rendered == self._shown:
            return
        keyboard = stop_keyboard(self._generation, self._texts)
        try:
            await self._sender.edit(self._message.at, rendered, keyboard, urgency=Urgency.PREVIEW)
        except MessageGone:
            self._message.forget()  # deleted by a person: the final becomes a new message
        self._shown = rendered

    async def finish(
        self, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None, short: RenderedMessage
    ) -> ChatAddress | None:
        return await self._message.finish(rendered, keyboard, short=short, more=more_message(self._texts))

    async def _take_over(self, at: ChatAddress, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup) -> None:
        """The message of an older attempt, or of a run whose process died."""
        try:
            await self._sender.edit(at, rendered, keyboard)
        except MessageGone:
            self._message.forget()
        if self._message.further:
            await self._message.drop_further(earlier_part_message(self._texts))

    @property
    def _generation_chat(self) -> int | None:
        return self._generation.reply_to.chat_id if self._generation.reply_to else None


class NativeDraft:
    """Telegram's own growing message with its Stop button, in private chats. It leaves nothing behind: the final is a
    new message. A draft that is refused once is not tried again, and nothing else takes its place: an edit storm would
    cost the slot of the final."""

    def __init__(
        self,
        bot: Bot,
        mark: MarkUrgency,
        generation: Generation,
        to: ChatAddress,
        texts: Texts,
        final: EditedMessage,
    ) -> None:
        self._bot = bot
        self._mark = mark
        self._generation = generation
        self._to = to
        self._texts = texts
        self._final = final
        self._refused = False

    @property
    def placeholder(self) -> ChatAddress | None:
        return self._final.placeholder

    @property
    def is_shut(self) -> bool:
        return self._final.is_shut

    async def begin(self, stage: Stage) -> None:
        try:
            await self.show(stage, None)
        except Exception as error:  # noqa: BLE001 - a limiter's refusal or Telegram's: either way only a preview is lost
            logger.debug("first draft not shown: {}", type(error).__name__)

    async def show(self, stage: Stage, draft: Draft | None) -> None:
        if self._refused:
            return
        try:
            with self._mark(Urgency.PREVIEW):
                await self._bot.send_rich_message_draft(
                    chat_id=self._to.chat_id,
                    message_thread_id=self._to.topic_id,
                    draft_id=self._generation.id,
                    rich_message=rich_content(rich_progress(stage, draft, self._texts)),
                    can_stop=True,
                )
        except (TelegramBadRequest, TelegramNotFound, TelegramForbiddenError) as error:
            self._refused = True
            logger.info("native draft refused in chat={}: {}", self._to.chat_id, error.message)

    async def finish(
        self, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None, short: RenderedMessage
    ) -> ChatAddress | None:
        return await self._final.finish(rendered, keyboard, short)
