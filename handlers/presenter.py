"""Shows an attempt from its first second to its final. Implements `services.assistant.ports.Presenter`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial

from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramForbiddenError
from aiogram.methods import SendChatAction
from loguru import logger

from handlers.budget_keyboards import failure_keyboard
from handlers.canvas import Canvas, EditedMessage, NativeDraft
from handlers.i18n import Catalogues, Texts
from handlers.keyboards import card_keyboard
from handlers.pace import DRAFTS, EDITS, GROUP_EDITS, Pace
from handlers.recorded_message import RecordedMessage
from handlers.sender import MarkUrgency, MessageSender, unmarked
from handlers.streaming import KEEP_ALIVE, Action, Previews, Sleep, keep_typing
from handlers.views.card import card_message
from handlers.views.failure import failure_message
from handlers.views.headline import card_headline, failure_headline
from handlers.waiting_screen import show_place
from services.assistant.ports import Card, Failure, Presentation, ScreenRecord
from services.domain.brief import Brief
from services.domain.chat import ChatAddress
from services.domain.generation import ACTIVE_STATES, Generation, Stage
from services.domain.idea import Draft
from services.domain.language import Language
from services.domain.member import StreamTransport
from services.domain.queue_place import QueuePlace

PLACEHOLDER_PATIENCE = 5.0
"""Seconds that a run which ends without an outcome waits for a placeholder on its way, so that it is recorded."""
HUNG_PREVIEW_PATIENCE = 40.0
"""Seconds: longer than a request lasts."""
MakePreviews = Callable[[Action], Previews]


class TelegramPresenter:
    """`mark` tells the limiter how urgent a call is; `refusals` are what it raises when it holds a preview back."""

    def __init__(
        self,
        bot: Bot,
        catalogues: Catalogues,
        *,
        mark: MarkUrgency = unmarked,
        refusals: tuple[type[Exception], ...] = (),
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._bot = bot
        self._catalogues = catalogues
        self._mark = mark
        self._refusals = refusals
        self._sleep = sleep

    @asynccontextmanager
    async def open(
        self,
        generation: Generation,
        brief: Brief,
        language: Language,
        transport: StreamTransport,
        *,
        record: ScreenRecord,
    ) -> AsyncIterator[Presentation]:
        to = generation.reply_to or brief.address
        screen = self._screen(generation, to, self._catalogues.texts(language), transport, record)
        trouble: Exception | None = None
        async with asyncio.TaskGroup() as group:
            beside = [group.create_task(screen.live(), name=f"screen {generation.id}")]
            if generation.state in ACTIVE_STATES:
                typing = keep_typing(lambda: self._typing(to, screen), self._sleep, self._refusals)
                beside.append(group.create_task(typing, name=f"typing {generation.id}"))
            try:
                yield screen
                await screen.settle_down()
            except Exception as error:  # noqa: BLE001 - raised again below, not wrapped into a group
                trouble = error
            finally:
                for task in beside:
                    task.cancel()
        if trouble is not None:
            raise trouble

    async def wait(
        self, generation: Generation, brief: Brief, language: Language, place: QueuePlace, *, record: ScreenRecord
    ) -> bool:
        sender, to = MessageSender(self._bot, self._mark), generation.reply_to or brief.address
        message = RecordedMessage(sender, generation, to, record, self._sleep)
        return await show_place(sender, generation, message, place, self._catalogues.texts(language), self._refusals)

    def _screen(
        self, generation: Generation, to: ChatAddress, texts: Texts, transport: StreamTransport, record: ScreenRecord
    ) -> "Screen":
        sender = MessageSender(self._bot, self._mark)
        message = RecordedMessage(sender, generation, to, record, self._sleep)
        edited = EditedMessage(sender, generation, message, texts)
        if transport is StreamTransport.DRAFT and to.is_private and generation.placeholder is None:
            draft = NativeDraft(self._bot, self._mark, generation, to, texts, edited)
            return Screen(draft, texts, self._previews(Pace(DRAFTS), KEEP_ALIVE), record.may_preview)
        pace = Pace(EDITS if to.is_private else GROUP_EDITS)
        return Screen(edited, texts, self._previews(pace), record.may_preview)

    def _previews(self, pace: Pace, keep_alive: float | None = None) -> MakePreviews:
        return partial(Previews, sleep=self._sleep, pace=pace, keep_alive=keep_alive, refusals=self._refusals)

    async def _typing(self, to: ChatAddress, screen: "Screen") -> None:
        typing = SendChatAction(chat_id=to.chat_id, message_thread_id=to.topic_id, action=ChatAction.TYPING)
        if screen.is_shut:
            raise TelegramForbiddenError(method=typing, message="nobody is there to see it")
        await self._bot(typing)


class Screen:
    """One growing message. Implements `services.assistant.ports.Presentation`."""

    def __init__(
        self, canvas: Canvas, texts: Texts, make_previews: MakePreviews, may_preview: Callable[[], bool]
    ) -> None:
        self._previews = make_previews(self._draw)
        self._canvas = canvas
        self._texts = texts
        self._may_preview = may_preview
        self._begun = asyncio.Event()
        self._stage = Stage.RETRIEVE
        self._read: Callable[[], Draft] | None = None

    @property
    def placeholder(self) -> ChatAddress | None:
        return self._canvas.placeholder

    @property
    def is_shut(self) -> bool:
        return self._canvas.is_shut

    async def live(self) -> None:
        """Placeholder first, previews after it; runs beside the work."""
        begun = asyncio.get_running_loop().time()
        try:
            await self._canvas.begin(self._stage)
        except Exception:  # noqa: BLE001 - beside the work, never against it
            logger.exception("placeholder failed by a bug")
        finally:
            self._begun.set()
        await self._previews.run(begun)

    async def stage(self, stage: Stage) -> None:
        self._stage = stage
        self._previews.changed()

    async def preview(self, read: Callable[[], Draft]) -> None:
        self._read = read
        self._previews.changed()

    async def finish(self, card: Card) -> ChatAddress | None:
        rendered, keyboard = card_message(card, self._texts), card_keyboard(card, self._texts)
        short = card_headline(card, self._texts)
        return await self._last_word(lambda: self._canvas.finish(rendered, keyboard, short))

    async def fail(self, failure: Failure) -> ChatAddress | None:
        rendered, short = failure_message(failure, self._texts), failure_headline(failure, self._texts)
        keyboard = failure_keyboard(failure, self._texts)
        return await self._last_word(lambda: self._canvas.finish(rendered, keyboard, short))

    async def settle_down(self) -> None:
        """No preview comes after this, and a placeholder on its way gets the time to be recorded."""
        await self._previews.close()
        try:
            async with asyncio.timeout(PLACEHOLDER_PATIENCE):
                await self._begun.wait()
        except TimeoutError:
            logger.warning("a placeholder was left on its way")

    async def _draw(self) -> None:
        if self._may_preview():
            await self._canvas.show(self._stage, self._read() if self._read else None)

    async def _last_word(self, finish: Callable[[], Awaitable[ChatAddress | None]]) -> ChatAddress | None:
        """The placeholder must exist before it can become the final, and no preview may come after it: one that hangs
        in the network may still arrive, and then the final is said once more."""
        await self._begun.wait()
        is_calm = await self._previews.close()
        shown_in = await finish()
        if not is_calm and not await self._previews.close(HUNG_PREVIEW_PATIENCE):
            return shown_in
        return shown_in if is_calm else await finish()
