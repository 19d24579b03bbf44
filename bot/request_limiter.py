"""The one place where calls meet Telegram's limits: a middleware of the bot's session."""

from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

from bot.telegram_calls import chat_of, counts, is_preview, messages_in, priority_of
from services.delivery.ports import PreviewDropped, RateLimiter


class RequestLimiter(BaseRequestMiddleware):
    """Waits for a slot before a call that counts. A preview does not wait: it raises PreviewDropped."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Any:
        if counts(method):
            await self._take_slots(method)
        return await make_request(bot, method)

    async def _take_slots(self, method: TelegramMethod[Any]) -> None:
        chat_id, priority = chat_of(method), priority_of(method)
        if is_preview(method):
            wait = await self._limiter.try_acquire(chat_id, priority)
            if wait > 0:
                raise PreviewDropped(wait)
            return
        for _ in range(messages_in(method)):
            await self._limiter.acquire(chat_id, priority)
