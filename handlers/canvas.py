"""Where a growing answer is drawn: a message that is edited, or Telegram's native draft."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramForbiddenError, TelegramNotFound
from aiogram.types import InlineKeyboardMarkup
from loguru import logger

from handlers.i18n import Texts
from handlers.keyboards import stop_keyboard
from handlers.sender import MarkUrgency, MessageGone, MessageSender, Urgency, rich_content
from handlers.views.message import RenderedMessage
from handlers.views.progress import progress_message, rich_progress
from services.domain.chat import ChatAddress
from services.domain.generation import ACTIVE_STATES, Generation, Stage
from services.domain.idea import Draft

OnPlaceholder = Callable[[ChatAddress], Awaitable[None]]


class Canvas(Protocol):
    @property
    def placeholder(self) -> ChatAddress | None: ...

    async def begin(self, stage: Stage) -> None:
        """Show that work goes on. Never raises for Telegram's sake: the final is tried all the same."""
        ...

    async def show(self, stage: Stage, draft: Draft | None) -> None:
        """One preview. Raises TelegramAPIError, or what the limiter raises, when it is not taken."""
        ...

    async def finish(self, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None) -> ChatAddress: ...


class EditedMessage:
    """A placeholder in reply to the person's words, edited until it holds the final."""

    def __init__(
        self,
        sender: MessageSender,
        generation: Generation,
        to: ChatAddress,
        texts: Texts,
        on_placeholder: OnPlaceholder,
    ) -> None:
        self.placeholder = generation.placeholder
        self._sender = sender
        self._generation = generation
        self._to = to
        self._texts = texts
        self._on_placeholder = on_placeholder
        self._shown: RenderedMessage | None = None
        self._unreachable = False

    async def begin(self, stage: Stage) -> None:
        if self._generation.state not in ACTIVE_STATES:
            return  # the outcome of an attempt that ended earlier: there is nothing to wait for
        rendered, keyboard = progress_message(stage, None, self._texts), stop_keyboard(self._generation, self._texts)
        try:
            if self.placeholder is not None:
                await self._sender.edit(self.placeholder, rendered, keyboard)
            else:
                await self._send(rendered, keyboard, Urgency.REPLY)
            self._shown = rendered
        except MessageGone:
            self.placeholder = None
            await self.begin(stage)
        except TelegramForbiddenError:
            self._give_up()
        except TelegramAPIError as error:
            logger.warning("no placeholder in chat={}: {}", self._to.chat_id, type(error).__name__)

    async def show(self, stage: Stage, draft: Draft | None) -> None:
        rendered = progress_message(stage, draft, self._texts)
        if self.placeholder is None or self._unreachable or rendered == self._shown:
            return
        keyboard = stop_keyboard(self._generation, self._texts)
        try:
            await self._sender.edit(self.placeholder, rendered, keyboard, urgency=Urgency.PREVIEW)
        except MessageGone:
            self.placeholder = None  # deleted by a person: the final becomes a new message
        self._shown = rendered

    async def finish(self, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None) -> ChatAddress:
        if self._unreachable:
            return self._to
        try:
            if self.placeholder is not None:
                return await self._sender.edit(self.placeholder, rendered, keyboard, urgency=Urgency.FINAL)
        except MessageGone:
            self.placeholder = None
        except TelegramForbiddenError:
            return self._give_up()
        try:
            return await self._send(rendered, keyboard, Urgency.FINAL)
        except TelegramForbiddenError:
            return self._give_up()

    async def _send(
        self, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None, urgency: Urgency
    ) -> ChatAddress:
        self.placeholder = await self._sender.send(
            self._to.at(None), rendered, keyboard, reply_to=self._to.message_id, urgency=urgency
        )
        try:
            await self._on_placeholder(self.placeholder)
        except Exception as error:  # noqa: BLE001 - the message is on the screen; only its record is missing
            logger.warning("placeholder of generation {} not recorded: {}", self._generation.id, type(error).__name__)
        return self.placeholder

    def _give_up(self) -> ChatAddress:
        """Blocked by the person or thrown out of the group: the result waits in /history."""
        logger.info("chat={} is closed to the bot", self._to.chat_id)
        self._unreachable = True
        return self._to


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

    async def finish(self, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None) -> ChatAddress:
        return await self._final.finish(rendered, keyboard)
