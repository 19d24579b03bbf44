"""Trying again, by what is known about the call: refused (429), never left, answered with an error, or unknown."""

import asyncio
import math
import random
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

from bot.telegram_calls import chat_of, is_edit, is_repeatable, may_be_dropped, priority_of
from bot.telegram_session import ConnectFailed
from services.delivery.ports import PreviewDropped, Priority

RETRIES = 5
FIRST_PAUSE_SECONDS = 0.3
MAX_PAUSE_SECONDS = 8.0
REPLY_PATIENCE_SECONDS = 120.0
CHATLESS_PATIENCE_SECONDS = 10.0
"""Answers to callbacks are worthless later, and the polling loop has a pause of its own."""


class RequestRetry(BaseRequestMiddleware):
    """After a 429 previews and typing are given up at once, notifications go back to the outbox, replies wait for two
    minutes and finals as long as it takes. A send whose answer was lost is never repeated here.
    """

    def __init__(self, *, first_pause: float = FIRST_PAUSE_SECONDS) -> None:
        self._first_pause = first_pause

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Any:
        waited, failures = 0.0, 0
        while True:
            try:
                return await make_request(bot, method)
            except TelegramRetryAfter as refusal:
                waited += refusal.retry_after
                await _be_patient(method, refusal, waited)
            except TelegramBadRequest as error:
                if is_edit(method) and "message is not modified" in error.message.lower():
                    return True  # a repeated edit: the message is as it should be
                raise
            except (TelegramNetworkError, TelegramServerError, ClientDecodeError) as error:
                failures += 1
                if may_be_dropped(method):
                    raise PreviewDropped(self._pause(failures)) from error
                if failures > RETRIES or not _may_repeat(method, error):
                    raise
                logger.warning("{} failed ({}), trying again", method.__api_method__, type(error).__name__)
                await asyncio.sleep(self._pause(failures))

    def _pause(self, failures: int) -> float:
        pause: float = min(MAX_PAUSE_SECONDS, self._first_pause * 2 ** (failures - 1))
        return pause * random.uniform(0.8, 1.2)


async def _be_patient(method: TelegramMethod[Any], refusal: TelegramRetryAfter, waited: float) -> None:
    """The limiter holds the next try back until the penalty has ended; without a chat nobody else does."""
    if may_be_dropped(method):
        raise PreviewDropped(refusal.retry_after) from refusal
    if waited > _patience(method):
        raise refusal
    if chat_of(method) == 0:
        await asyncio.sleep(refusal.retry_after)


def _patience(method: TelegramMethod[Any]) -> float:
    """Seconds of penalty that a call waits out; the outbox keeps notifications itself."""
    if chat_of(method) == 0:
        return CHATLESS_PATIENCE_SECONDS
    match priority_of(method):
        case Priority.FINAL:
            return math.inf  # whoever stops the process delivers it again later
        case Priority.REPLY:
            return REPLY_PATIENCE_SECONDS
        case _:
            return 0.0


def _may_repeat(method: TelegramMethod[Any], error: Exception) -> bool:
    """`RestartingTelegram` is said by a server that did not take the request."""
    return isinstance(error, (ConnectFailed, RestartingTelegram)) or is_repeatable(method)
