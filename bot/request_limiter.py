"""The one place where calls meet Telegram's limits: a middleware of the bot's session."""

import asyncio
from contextlib import asynccontextmanager
from collections.abc import AsyncIterator
from typing import Any

from aiogram import Bot
from aiogram.client.session.middlewares.base import BaseRequestMiddleware, NextRequestMiddlewareType
from aiogram.methods import TelegramMethod
from aiogram.methods.base import TelegramType

from bot.chat_turns import ChatTurns
from bot.telegram_calls import chat_of, counts, is_preview, is_typing, messages_in, priority_of
from services.delivery.leaving import after_request, before_request
from services.delivery.ports import PreviewDropped, RateLimiter, Slot


class RequestLimiter(BaseRequestMiddleware):
    """Waits for a slot before a call that counts. A preview does not wait: it raises PreviewDropped, and so does typing
    in a chat that Telegram has told us to leave alone. Every other call to such a chat waits, whatever it is.
    """

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter
        self._turns = ChatTurns()

    async def __call__(
        self, make_request: NextRequestMiddlewareType[TelegramType], bot: Bot, method: TelegramMethod[TelegramType]
    ) -> Any:
        chat_id = chat_of(method)
        if not counts(method):
            if chat_id == 0:
                return await make_request(bot, method)
            async with self._free_call(chat_id, method):
                return await make_request(bot, method)
        async with self._counted_call(chat_id, method):
            await before_request()
            answer = await make_request(bot, method)
        after_request()
        return answer

    @asynccontextmanager
    async def _counted_call(self, chat_id: int, method: TelegramMethod[Any]) -> AsyncIterator[None]:
        slots = await self._slots(chat_id, method)
        while self._turns.is_taken(chat_id):
            await self._turns.clear(chat_id)
            if await self._limiter.frozen_for(chat_id) > 0:
                slots = await self._slots(chat_id, method)
        try:
            async with self._turns.calling(chat_id):
                yield
        finally:
            for slot in slots:
                await self._limiter.landed(slot)

    @asynccontextmanager
    async def _free_call(self, chat_id: int, method: TelegramMethod[Any]) -> AsyncIterator[None]:
        if is_typing(method):
            await self._limiter.expect_final(chat_id)
        await self._turns.clear(chat_id)
        while (wait := await self._limiter.frozen_for(chat_id)) > 0:
            if is_preview(method) or is_typing(method):
                raise PreviewDropped(wait)
            await asyncio.sleep(wait)
        async with self._turns.calling(chat_id):
            yield

    async def _slots(self, chat_id: int, method: TelegramMethod[Any]) -> list[Slot]:
        priority = priority_of(method)
        if is_preview(method):
            return [await self._limiter.try_acquire(chat_id, priority)]
        return [await self._limiter.acquire(chat_id, priority) for _ in range(messages_in(method))]
