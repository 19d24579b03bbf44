"""What most bots do: a loop over the chats that sleeps when Telegram says 429."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter

from benchmarks.senders.task import Task, play


class PlainLoop:
    one_by_one = True

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, chat_id: int, text: str) -> None:
        while True:
            try:
                await self._bot.send_message(chat_id, text)
            except TelegramRetryAfter as refusal:
                await asyncio.sleep(refusal.retry_after)
            else:
                return

    async def reply(self, chat_id: int, text: str) -> None:
        await self.send(chat_id, text)


@asynccontextmanager
async def connected(task: Task) -> AsyncIterator[PlainLoop]:
    bot = Bot(task.token, session=AiohttpSession(api=TelegramAPIServer.from_base(task.base_url)))
    try:
        yield PlainLoop(bot)
    finally:
        await bot.session.close()


if __name__ == "__main__":
    play(connected)
