"""Calls to chats that have moved or are closed to the bot.

A group that became a supergroup refuses its old id with the new one: that is remembered, and the call goes there. What
spoke of a message of the old group (an edit, a deletion, a reply) finds no such message: message ids start anew there,
and an old number would hit a stranger's message. A chat that shut the bot out is told of once, and nobody types in it.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramMigrateToChat
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from loguru import logger

from bot.telegram_calls import is_draft
from handlers.closed_chat import is_closed, is_muted
from services.domain.errors import MuzaError

OnMoved = Callable[[int, int], Awaitable[object]]
OnClosed = Callable[[int, str], Awaitable[object]]
_GONE = {"edit": "message to edit not found", "delete": "message to delete not found"}


class RequestAddress(BaseRequestMiddleware):
    def __init__(self, on_moved: OnMoved, on_closed: OnClosed) -> None:
        """Both are told after the fact; what they raise of ours is logged, and the call goes on."""
        self._on_moved = on_moved
        self._on_closed = on_closed
        self._moved: dict[int, int] = {}
        self._closed: set[int] = set()

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Any:
        chat_id = getattr(method, "chat_id", None)
        if not isinstance(chat_id, int):
            return await make_request(bot, method)
        if chat_id in self._moved:
            return await self._call(make_request, bot, _readdressed(method, self._moved[chat_id]))
        try:
            return await self._call(make_request, bot, method)
        except TelegramMigrateToChat as refusal:
            new_id = refusal.migrate_to_chat_id
            self._moved[chat_id] = new_id
            await _tell(self._on_moved(chat_id, new_id))
            return await self._call(make_request, bot, _readdressed(method, new_id))

    async def _call(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[Any]
    ) -> Any:
        chat_id: int = getattr(method, "chat_id", 0)
        if chat_id in self._closed and _is_only_a_sign(method):
            raise TelegramForbiddenError(method=method, message="Forbidden: the chat is closed to the bot")
        try:
            result = await make_request(bot, method)
        except (TelegramForbiddenError, TelegramBadRequest) as refusal:
            if is_closed(refusal):
                await self._shut(chat_id, refusal.message)
            if is_muted(refusal):  # Telegram says it with 400; it means what a 403 means
                raise TelegramForbiddenError(method=method, message=refusal.message) from refusal
            raise
        self._closed.discard(chat_id)
        return result

    async def _shut(self, chat_id: int, reason: str) -> None:
        if chat_id not in self._closed:
            self._closed.add(chat_id)
            await _tell(self._on_closed(chat_id, reason))


def _is_only_a_sign(method: TelegramMethod[Any]) -> bool:
    """That somebody is at work; it leaves nothing behind."""
    return method.__api_method__ == "sendChatAction" or is_draft(method)


def _readdressed(method: TelegramMethod[Any], chat_id: int) -> TelegramMethod[Any]:
    """Raises TelegramBadRequest for a call about a message that the new chat does not have."""
    name = method.__api_method__
    for verb, refusal in _GONE.items():
        if name.startswith(verb):
            raise TelegramBadRequest(method=method, message=f"Bad Request: {refusal}")
    changes: dict[str, Any] = {"chat_id": chat_id}
    for field in ("reply_parameters", "message_thread_id"):
        if hasattr(method, field):
            changes[field] = None
    return method.model_copy(update=changes)


async def _tell(telling: Awaitable[object]) -> None:
    try:
        await telling
    except MuzaError as error:
        logger.warning("what became of a chat is not recorded: {}", error.code)
