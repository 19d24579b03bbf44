"""The message that shows one attempt, and the further ones of a long outcome.

Telegram knows no idempotency key: a send whose answer was lost may or may not have arrived. So nothing that matters is
ever sent. A short message is sent, its address recorded, and the outcome is an edit of it, which may be repeated. What
a lost answer leaves behind, at worst, is one short message that reads well by itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from aiogram.types import InlineKeyboardMarkup
from loguru import logger

from handlers.closed_chat import is_closed
from handlers.sender import ANSWER_LOST, MessageGone, MessageSender, Urgency
from handlers.views.message import RenderedMessage
from services.assistant.ports import NotShown, ScreenRecord
from services.domain.chat import ChatAddress
from services.domain.errors import MuzaError
from services.domain.failpoint import FailPoint, reached
from services.domain.generation import Generation

Sleep = Callable[[float], Awaitable[None]]
TRIES = 6
PAUSE_SECONDS = 0.3
"""Before the second try; each further pause is twice as long."""


class RecordedMessage:
    def __init__(
        self,
        sender: MessageSender,
        generation: Generation,
        to: ChatAddress,
        record: ScreenRecord,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`to`: the person's words, which are answered."""
        self.at = generation.placeholder
        self.is_closed = False
        """Blocked by the person or thrown out of the group: the outcome waits in /history."""
        self.is_lost = False
        """Another process shows this attempt: nothing more is drawn from here."""
        self._recorded = self.at
        self._further = list(generation.continuation)
        self._generation = generation
        self._sender = sender
        self._to = to
        self._record = record
        self._sleep = sleep

    @property
    def further(self) -> Sequence[int]:
        return tuple(self._further)

    def forget(self) -> None:
        """A person has deleted it."""
        self.at = None

    async def place(
        self, short: RenderedMessage, keyboard: InlineKeyboardMarkup | None, urgency: Urgency, *, tries: int = 3
    ) -> None:
        """A new message; `at` stays None when none of the sends was answered. Raises TelegramAPIError."""
        for attempt in range(1, tries + 1):
            try:
                sent = await self._send(short, keyboard, urgency, reply_to=self._to.message_id)
            except ANSWER_LOST as error:
                logger.warning("a short message may be in chat={} twice: {}", self._to.chat_id, type(error).__name__)
                if attempt < tries:
                    await self._sleep(PAUSE_SECONDS * 2 ** (attempt - 1))
                continue
            if sent is not None:
                self.at = sent
                await self.note()
            return

    async def note(self) -> bool:
        """Record where it is. False when that is not known to be done: nothing that matters may be written into it."""
        if self.at is None or self.at == self._recorded:
            return self.at is not None
        reached(FailPoint.PLACEHOLDER_SENT)
        try:
            is_ours = await self._record.placed(self.at, instead_of=self._recorded)
        except MuzaError as error:
            logger.warning("the message of generation {} is not recorded: {}", self._generation.id, error.code)
            return False
        if not is_ours:
            self.is_lost = True
            await self._sender.remove(self.at)
            return False
        self._recorded = self.at
        reached(FailPoint.PLACEHOLDER_RECORDED)
        return True

    async def finish(
        self,
        rendered: RenderedMessage,
        keyboard: InlineKeyboardMarkup | None,
        *,
        short: RenderedMessage,
        more: RenderedMessage,
    ) -> ChatAddress | None:
        """`short` goes ahead where there is no message yet, `more` ahead of each further part. The address of the last
        part; `to` when the chat is closed; None when the attempt is another's. Raises NotShown."""
        trouble = "no message could be made"
        for attempt in range(TRIES):
            try:
                shown_in = await self._finish_once(rendered, keyboard, short, more)
            except MessageGone:
                await self._start_anew()
            except ANSWER_LOST as error:
                trouble = type(error).__name__
            except TelegramAPIError as error:
                if not self._close(error):
                    raise NotShown(type(error).__name__) from error
            else:
                if shown_in is not None:
                    return shown_in
            if self.is_closed:
                return self._to
            if self.is_lost:
                return None
            await self._sleep(PAUSE_SECONDS * 2**attempt)
        raise NotShown(trouble)

    async def drop_further(self, replaced: RenderedMessage) -> None:
        """Parts of a former outcome that this message showed; `replaced` is what stays where one cannot be deleted."""
        await self._keep_further(0, replaced)

    async def _finish_once(
        self,
        rendered: RenderedMessage,
        keyboard: InlineKeyboardMarkup | None,
        short: RenderedMessage,
        more: RenderedMessage,
    ) -> ChatAddress | None:
        if self.is_closed or self.is_lost:
            return None
        if self.at is None:
            await self.place(short, None, Urgency.FINAL, tries=1)
        if self.at is None or not await self.note():
            return None
        if await self._sender.edit_rich(self.at, rendered, keyboard, urgency=Urgency.FINAL):
            await self._keep_further(0, more)
            return self.at
        parts, at = rendered.parts, self.at
        for number, part in enumerate(parts):
            found = await self._part(number, more)
            if found is None:
                return None
            at = found
            buttons = keyboard if number == len(parts) - 1 else None
            await self._sender.edit_part(at, part, buttons, urgency=Urgency.FINAL)
        await self._keep_further(len(parts) - 1, more)
        return at

    async def _part(self, number: int, more: RenderedMessage) -> ChatAddress | None:
        """Where this part goes, in a message that is recorded; None: it could not be made now."""
        if self.at is None or number == 0:
            return self.at
        if number <= len(self._further):
            return self.at.at(self._further[number - 1])
        sent = await self._send(more, None, Urgency.FINAL, reply_to=self.at.message_id)
        if sent is None or sent.message_id is None:
            return None
        return sent if await self._note_further([*self._further, sent.message_id]) else None

    async def _keep_further(self, count: int, replaced: RenderedMessage) -> None:
        """The first of them are shown, the others go."""
        surplus = self._further[count:]
        if not surplus or self.at is None:
            return
        for message_id in surplus:
            try:
                if not await self._sender.remove(self.at.at(message_id)):
                    await self._sender.edit_part(self.at.at(message_id), replaced.parts[0], None, urgency=Urgency.REPLY)
            except (TelegramAPIError, MessageGone) as error:
                logger.info("an outdated part stays in chat={}: {}", self._to.chat_id, type(error).__name__)
        await self._note_further(self._further[:count])

    async def _note_further(self, message_ids: list[int]) -> bool:
        try:
            self.is_lost = not await self._record.continued(message_ids)
        except MuzaError as error:
            logger.warning("parts of generation {} are not recorded: {}", self._generation.id, error.code)
            return False
        if not self.is_lost:
            self._further = message_ids
        return not self.is_lost

    async def _start_anew(self) -> None:
        """One of the messages was deleted by a person: all of it appears below, and no half stays above."""
        if self.at is not None:
            for message_id in (self.at.message_id, *self._further):
                await self._sender.remove(self.at.at(message_id))
        if self._further:
            await self._note_further([])
        self.at = None

    async def _send(
        self, short: RenderedMessage, keyboard: InlineKeyboardMarkup | None, urgency: Urgency, *, reply_to: int | None
    ) -> ChatAddress | None:
        """None: the chat is closed."""
        try:
            return await self._sender.send(self._to.at(None), short, keyboard, reply_to=reply_to, urgency=urgency)
        except TelegramAPIError as error:
            if not self._close(error):
                raise
            return None

    def _close(self, error: TelegramAPIError) -> bool:
        if not (isinstance(error, TelegramForbiddenError) or is_closed(error)):
            return False
        logger.info("chat={} is closed to the bot", self._to.chat_id)
        self.is_closed = True
        return True
