"""The one place where calls meet Telegram's limits: a middleware of the bot's session."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.exceptions import TelegramAPIError, TelegramNetworkError, TelegramRetryAfter
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

from bot.chat_turns import ChatTurns
from bot.refusals import Refusals
from bot.telegram_calls import chat_of, counts, is_preview, is_typing, may_be_dropped, messages_in, priority_of
from services.delivery.leaving import after_request, before_request
from services.delivery.ports import PreviewDropped, RateLimiter, Slot

Request = Callable[[], Awaitable[Any]]


class RequestLimiter(BaseRequestMiddleware):
    """Waits for a slot before a call that counts; a preview does not wait: it raises PreviewDropped.

    Nothing at all is said to a chat before its penalty has ended: typing is dropped, any other call waits. A refusal
    freezes the chat for every process before the next call to it leaves.
    """

    def __init__(self, limiter: RateLimiter, refusals: Refusals | None = None) -> None:
        self._limiter = limiter
        self._refusals = refusals or Refusals(limiter)
        self._turns = ChatTurns()

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Any:
        def request() -> Awaitable[Any]:
            return make_request(bot, method)

        if counts(method):
            return await self._counting(method, request)
        if chat_of(method) == 0:
            return await request()  # answers to callbacks, updates, settings: they go at once
        return await self._free(method, request)

    async def _counting(self, method: TelegramMethod[Any], request: Request) -> Any:
        chat_id = chat_of(method)
        while True:
            slots = await self._slots(method)
            async with self._turns.turn(chat_id) as waited:
                if waited and await self._limiter.frozen_for(chat_id) > 0:
                    continue
                await before_request()
                try:
                    answer = await self._watched(method, request)
                except TelegramNetworkError:
                    raise  # nobody knows when it arrived, or whether
                except TelegramAPIError:
                    await self._landed(slots)
                    raise
                await self._landed(slots)
            after_request()
            return answer

    async def _free(self, method: TelegramMethod[Any], request: Request) -> Any:
        chat_id = chat_of(method)
        if is_typing(method):
            await self._limiter.expect_final(chat_id)
        while True:
            async with self._turns.turn(chat_id):
                wait = await self._limiter.frozen_for(chat_id)
                if wait <= 0:
                    return await self._watched(method, request)
            if may_be_dropped(method):
                raise PreviewDropped(wait)
            await asyncio.sleep(wait)

    async def _watched(self, method: TelegramMethod[Any], request: Request) -> Any:
        try:
            answer = await request()
        except TelegramRetryAfter as refusal:
            await self._refusals.refused(method.__api_method__, chat_of(method), refusal.retry_after)
            raise
        self._refusals.passed()
        return answer

    async def _slots(self, method: TelegramMethod[Any]) -> list[Slot]:
        chat_id, priority = chat_of(method), priority_of(method)
        if is_preview(method):
            return [await self._limiter.try_acquire(chat_id, priority)]
        return [await self._limiter.acquire(chat_id, priority) for _ in range(messages_in(method))]

    async def _landed(self, slots: list[Slot]) -> None:
        for slot in slots[-1:]:
            await self._limiter.landed(slot)
