"""The one place where calls meet Telegram's limits: a middleware of the bot's session."""

from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

from bot.telegram_calls import chat_of, counts, is_preview, messages_in, priority_of
from services.delivery.fallback_limiter import FallbackRateLimiter
from services.delivery.limits import Limits
from services.delivery.local_limiter import LocalRateLimiter
from services.delivery.ports import PreviewDropped, RateLimiter

SPEAKING_PROCESSES = 2
"""The bot and the delivery worker: without the shared clock each keeps to its part."""


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


def open_limiter(redis_url: str | None, limits: Limits | None = None) -> RateLimiter:
    """Shared through Redis where there is one. Nothing is connected before the first call."""
    limits = limits or Limits()
    if redis_url is None:
        return LocalRateLimiter(limits.shared_by(SPEAKING_PROCESSES))
    from redis.exceptions import RedisError

    from services.delivery.redis_limiter import RedisRateLimiter, open_redis

    return FallbackRateLimiter(
        RedisRateLimiter(open_redis(redis_url), limits),
        LocalRateLimiter(limits.shared_by(SPEAKING_PROCESSES)),
        failures=(RedisError, OSError),
    )
