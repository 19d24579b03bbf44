"""Shows a recording in one message under it. Implements `services.assistant.listening.ports.RecordingScreen`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import InlineKeyboardMarkup
from loguru import logger

from handlers.closed_chat import is_closed
from handlers.i18n import Catalogues
from handlers.minutes_keyboards import long_recording_keyboard
from handlers.recording_keyboards import recording_keyboard
from handlers.sender import MarkUrgency, MessageGone, MessageSender, Urgency, unmarked
from handlers.views.message import RenderedMessage
from handlers.views.minutes import has_own_view, long_recording_message
from handlers.views.recording import is_starting, recording_message
from services.assistant.listening.ports import RecordingView
from services.assistant.ports import NotShown
from services.domain.chat import ChatAddress
from services.domain.recording import AT_WORK, Recording, RecordingState

_TOLD_ANYWAY = frozenset({RecordingState.WAITING, RecordingState.FAILED, RecordingState.SILENT})
"""What needs the person comes back even when they have deleted the message that said "listening"."""
REMEMBERED = 500
"""Recordings at work whose last drawing this process knows."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Drawing:
    version: int
    rendered: RenderedMessage
    keyboard: InlineKeyboardMarkup | None

    def looks_like(self, other: "Drawing") -> bool:
        return (self.rendered, self.keyboard) == (other.rendered, other.keyboard)


class TelegramRecordingScreen:
    def __init__(
        self,
        bot: Bot,
        catalogues: Catalogues,
        *,
        mark: MarkUrgency = unmarked,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        """`mark` tells the limiter how urgent a call is: it raises what it raises when it holds a preview back."""
        self._sender = MessageSender(bot, mark)
        self._catalogues = catalogues
        self._now = now
        self._drawn: dict[int, Drawing] = {}

    async def show(self, view: RecordingView) -> ChatAddress | None:
        rendered, keyboard = self._render(view)
        drawing = Drawing(view.recording.version, rendered, keyboard)
        if self._is_there(view.recording, drawing):
            self._remember(view.recording, drawing)
            return view.recording.screen
        try:
            at = await self._show(view.recording, rendered, keyboard)
        except (TelegramAPIError, ClientDecodeError) as error:
            if isinstance(error, TelegramAPIError) and is_closed(error):
                logger.info("recording {} cannot be shown: chat={} is closed", view.recording.id, _chat(view))
                return None
            raise NotShown(type(error).__name__) from error
        self._remember(view.recording, drawing)
        return at

    def _is_there(self, recording: Recording, drawing: Drawing) -> bool:
        """The steps of a short one look alike; nobody has drawn since this process did."""
        last = self._drawn.get(recording.id)
        return last is not None and last.looks_like(drawing) and last.version == recording.shown_version

    def _remember(self, recording: Recording, drawing: Drawing) -> None:
        self._drawn.pop(recording.id, None)
        if recording.state in AT_WORK:
            self._drawn[recording.id] = drawing
        if len(self._drawn) > REMEMBERED:
            del self._drawn[next(iter(self._drawn))]

    async def _show(
        self, recording: Recording, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None
    ) -> ChatAddress:
        if recording.screen is None:
            return await self._send(recording, rendered, keyboard)
        urgency = Urgency.PREVIEW if recording.state in AT_WORK and recording.is_long else Urgency.REPLY
        try:
            await self._sender.edit(recording.screen, rendered.single, keyboard, urgency=urgency)
        except MessageGone:
            if recording.state in _TOLD_ANYWAY or (recording.is_long and recording.state is RecordingState.DONE):
                return await self._send(recording, rendered, keyboard)
        return recording.screen

    async def _send(
        self, recording: Recording, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None
    ) -> ChatAddress:
        at = recording.address
        return await self._sender.send(at.at(None), rendered.single, keyboard, reply_to=at.message_id)

    def _render(self, view: RecordingView) -> tuple[RenderedMessage, InlineKeyboardMarkup | None]:
        recording, now = view.recording, self._now()
        texts = self._catalogues.texts(recording.language)
        if has_own_view(recording):
            return long_recording_message(view, texts), long_recording_keyboard(recording, texts)
        keyboard = recording_keyboard(recording, texts, is_starting=is_starting(recording, now))
        return recording_message(view, texts, now), keyboard


def _chat(view: RecordingView) -> int:
    return view.recording.address.chat_id
