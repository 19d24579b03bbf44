"""Shows a lesson in one message under what was sent. Implements
`services.assistant.knowledge.lesson_ports.LessonScreen`."""

from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramAPIError
from aiogram.types import InlineKeyboardMarkup
from loguru import logger

from handlers.closed_chat import is_closed
from handlers.i18n import Catalogues
from handlers.lesson_keyboards import lesson_keyboard
from handlers.sender import MarkUrgency, MessageGone, MessageSender, Urgency, unmarked
from handlers.views.lesson import lesson_message
from handlers.views.message import RenderedMessage
from services.assistant.ports import NotShown
from services.domain.chat import ChatAddress
from services.domain.learning import LearningState, Lesson


class TelegramLessonScreen:
    def __init__(self, bot: Bot, catalogues: Catalogues, *, mark: MarkUrgency = unmarked) -> None:
        """`mark` tells the limiter how urgent a call is: it raises what it raises when it holds a preview back."""
        self._sender = MessageSender(bot, mark)
        self._catalogues = catalogues

    async def show(self, lesson: Lesson) -> ChatAddress | None:
        texts = self._catalogues.texts(lesson.language)
        rendered, keyboard = lesson_message(lesson, texts), lesson_keyboard(lesson, texts)
        try:
            return await self._show(lesson, rendered.single, keyboard)
        except (TelegramAPIError, ClientDecodeError) as error:
            if isinstance(error, TelegramAPIError) and is_closed(error):
                logger.info("lesson {} cannot be shown: chat={} is closed", lesson.id, lesson.address.chat_id)
                return None
            raise NotShown(type(error).__name__) from error

    async def _show(
        self, lesson: Lesson, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None
    ) -> ChatAddress:
        if lesson.screen is None:
            return await self._send(lesson, rendered, keyboard)
        urgency = Urgency.PREVIEW if lesson.is_at_work else Urgency.REPLY
        try:
            await self._sender.edit(lesson.screen, rendered, keyboard, urgency=urgency)
        except MessageGone:
            if _is_told_anyway(lesson):
                return await self._send(lesson, rendered, keyboard)
        return lesson.screen

    async def _send(
        self, lesson: Lesson, rendered: RenderedMessage, keyboard: InlineKeyboardMarkup | None
    ) -> ChatAddress:
        at = lesson.address
        return await self._sender.send(at.at(None), rendered, keyboard, reply_to=at.message_id)


def _is_told_anyway(lesson: Lesson) -> bool:
    """How it ended comes back even when a person has deleted the message that told how far it was."""
    ended = {LearningState.DONE, LearningState.UNCHANGED, LearningState.FAILED}
    return not lesson.is_at_work and any(learning.state in ended for learning in lesson.learnings)
