"""Trying again, by what is known about the call: refused (429), never left, answered with an error, or unknown."""

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import (
    ClientDecodeError,
    RestartingTelegram,
    TelegramBadRequest,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType
from loguru import logger

from bot.telegram_calls import chat_of, is_edit, is_preview, is_repeatable, priority_of
from bot.telegram_session import ConnectFailed
from services.delivery.ports import PreviewDropped, Priority, RateLimiter

RETRIES = 5
FIRST_PAUSE_SECONDS = 0.3
MAX_PAUSE_SECONDS = 8.0
REPLY_PATIENCE_SECONDS = 120.0
FINAL_PATIENCE_SECONDS = 1800.0
STORM_CHATS = 5
STORM_WINDOW_SECONDS = 1.0
STORM_PAUSE_SECONDS = 1.0


class RequestRetry(BaseRequestMiddleware):
    """A 429 freezes the chat for every process. Previews are given up at once, notifications go back to the outbox,
    replies and finals wait the penalty out. A send whose answer was lost is never repeated here.
    """

    def __init__(
        self,
        limiter: RateLimiter,
        *,
        first_pause: float = FIRST_PAUSE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limiter = limiter
        self._first_pause = first_pause
        self._monotonic = monotonic
        self._refusals: deque[tuple[float, int]] = deque(maxlen=100)

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Any:
        waited, failures = 0.0, 0
        while True:
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as refusal:
                await self._freeze(method, refusal.retry_after)
                waited += refusal.retry_after
                if is_preview(method):
                    raise PreviewDropped(refusal.retry_after) from refusal
                if waited > _patience(method):
                    raise
            except TelegramBadRequest as error:
                if is_edit(method) and "message is not modified" in error.message.lower():
                    return True  # a repeated edit: the message is as it should be
                raise
            except (TelegramNetworkError, TelegramServerError, ClientDecodeError) as error:
                failures += 1
                if is_preview(method):
                    raise PreviewDropped(self._pause(failures)) from error
                if failures > RETRIES or not _may_repeat(method, error):
                    raise
                logger.warning("{} failed ({}), trying again", method.__api_method__, type(error).__name__)
                await asyncio.sleep(self._pause(failures))

    def _pause(self, failures: int) -> float:
        pause: float = min(MAX_PAUSE_SECONDS, self._first_pause * 2 ** (failures - 1))
        return pause * random.uniform(0.8, 1.2)

    async def _freeze(self, method: TelegramMethod[Any], seconds: float) -> None:
        chat_id, now = chat_of(method), self._monotonic()
        logger.warning("429 for {} in chat={}: {} s", method.__api_method__, chat_id, seconds)
        await self._limiter.freeze(chat_id, seconds)
        self._refusals.append((now, chat_id))
        recent = {chat for moment, chat in self._refusals if now - moment <= STORM_WINDOW_SECONDS}
        if len(recent) >= STORM_CHATS:  # not these chats are the trouble, but all of us together
            self._refusals.clear()
            await self._limiter.freeze(None, min(seconds, STORM_PAUSE_SECONDS))


def _patience(method: TelegramMethod[Any]) -> float:
    """Seconds of penalty that a call waits out; the outbox keeps notifications itself."""
    match priority_of(method):
        case Priority.FINAL:
            return FINAL_PATIENCE_SECONDS
        case Priority.REPLY:
            return REPLY_PATIENCE_SECONDS
        case _:
            return 0.0


def _may_repeat(method: TelegramMethod[Any], error: Exception) -> bool:
    """`RestartingTelegram` is said by a server that did not take the request."""
    return isinstance(error, (ConnectFailed, RestartingTelegram)) or is_repeatable(method)
