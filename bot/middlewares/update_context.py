"""One log line per update, and its ids on every line written meanwhile."""

from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from aiogram import BaseMiddleware
from aiogram.types import TelegramObject, Update
from loguru import logger

from bot.logs import log_context


class UpdateContext(BaseMiddleware):
    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        if not isinstance(event, Update):
            return await handler(event, data)
        started = perf_counter()
        context = data.get("event_context")
        chat, user = getattr(context, "chat_id", None), getattr(context, "user_id", None)
        with log_context(update=event.update_id, chat=chat, user=user):
            try:
                return await handler(event, data)
            finally:
                spent = round((perf_counter() - started) * 1000, 1)
                logger.bind(kind=event.event_type, ms=spent).info("update {} handled in {} ms", event.event_type, spent)
