"""Shows an attempt from its first second to its final. Implements `services.assistant.ports.Presenter`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.enums import ChatAction
from loguru import logger

from handlers.canvas import Canvas, EditedMessage, NativeDraft, OnPlaceholder
from handlers.i18n import Catalogues, Texts
from handlers.keyboards import card_keyboard, retry_keyboard
from handlers.sender import MarkUrgency, MessageSender, unmarked
from handlers.streaming import DRAFT_INTERVAL, EDIT_INTERVAL, KEEP_ALIVE, Previews, Sleep, keep_typing
from handlers.views.card import card_message
from handlers.views.failure import failure_message
from services.assistant.ports import Card, Failure, Presentation
from services.domain.brief import Brief
from services.domain.chat import ChatAddress
from services.domain.generation import Generation, Stage
from services.domain.idea import Draft
from services.domain.language import Language
from services.domain.member import StreamTransport


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
        on_placeholder: OnPlaceholder,
    ) -> AsyncIterator[Presentation]:
        to = generation.reply_to or brief.address
        texts = self._catalogues.texts(language)
        message = EditedMessage(MessageSender(self._bot, self._mark), generation, to, texts, on_placeholder)
        screen = self._screen(message, generation, to, texts, transport)
        trouble: Exception | None = None
        async with asyncio.TaskGroup() as group:
            beside = [
                group.create_task(screen.live(), name=f"screen {generation.id}"),
                group.create_task(
                    keep_typing(lambda: self._typing(to), self._sleep, self._refusals), name=f"typing {generation.id}"
                ),
            ]
            try:
                yield screen
            except Exception as error:  # noqa: BLE001 - raised again below, not wrapped into a group
                trouble = error
            finally:
                for task in beside:
                    task.cancel()
        if trouble is not None:
            raise trouble

    def _screen(
        self, message: EditedMessage, generation: Generation, to: ChatAddress, texts: Texts, transport: StreamTransport
    ) -> "Screen":
        is_native = transport is StreamTransport.DRAFT and to.is_private and generation.placeholder is None
        if not is_native:
            return Screen(message, texts, self._sleep, self._refusals)
        draft = NativeDraft(self._bot, self._mark, generation, to, texts, message)
        return Screen(draft, texts, self._sleep, self._refusals, interval=DRAFT_INTERVAL, keep_alive=KEEP_ALIVE)

    async def _typing(self, to: ChatAddress) -> None:
        await self._bot.send_chat_action(chat_id=to.chat_id, message_thread_id=to.topic_id, action=ChatAction.TYPING)


class Screen:
    """One growing message. Implements `services.assistant.ports.Presentation`."""

    def __init__(
        self,
        canvas: Canvas,
        texts: Texts,
        sleep: Sleep,
        refusals: tuple[type[Exception], ...],
        *,
        interval: float = EDIT_INTERVAL,
        keep_alive: float | None = None,
    ) -> None:
        self._canvas = canvas
        self._texts = texts
        self._sleep = sleep
        self._interval = interval
        self._previews = Previews(self._show, sleep, interval=interval, keep_alive=keep_alive, refusals=refusals)
        self._begun = asyncio.Event()
        self._stage = Stage.RETRIEVE
        self._draft: Draft | None = None

    @property
    def placeholder(self) -> ChatAddress | None:
        return self._canvas.placeholder

    async def live(self) -> None:
        """Placeholder first, previews after it; runs beside the work."""
        try:
            await self._canvas.begin(self._stage)
        except Exception:  # noqa: BLE001 - beside the work, never against it
            logger.exception("placeholder failed by a bug")
        finally:
            self._begun.set()
        await self._sleep(self._interval)
        await self._previews.run()

    async def stage(self, stage: Stage) -> None:
        self._stage = stage
        self._previews.changed()

    async def preview(self, draft: Draft) -> None:
        self._draft = draft
        self._previews.changed()

    async def finish(self, card: Card) -> ChatAddress:
        await self._calm_down()
        return await self._canvas.finish(card_message(card, self._texts), card_keyboard(card, self._texts))

    async def fail(self, failure: Failure) -> ChatAddress | None:
        await self._calm_down()
        keyboard = retry_keyboard(failure.generation, self._texts) if failure.retryable else None
        return await self._canvas.finish(failure_message(failure, self._texts), keyboard)

    async def _calm_down(self) -> None:
        """The placeholder must exist before it can become the final, and no preview may come after it."""
        await self._begun.wait()
        await self._previews.close()

    async def _show(self) -> None:
        await self._canvas.show(self._stage, self._draft)
