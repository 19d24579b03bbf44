"""Muza's own bot and limiter, as its processes build them."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiogram import Bot
from loguru import logger
from pydantic import SecretStr

from benchmarks.senders.task import Task, play
from bot.limiter import open_limiter
from bot.settings import Settings
from bot.telegram import build_bot
from services.delivery.ports import Priority
from services.delivery.priority import speaking
from services.delivery.redis_limiter import SETTLING_SECONDS, open_redis


class Muza:
    one_by_one = False

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def send(self, chat_id: int, text: str) -> None:
        with speaking(Priority.NOTIFICATION):
            await self._bot.send_message(chat_id, text)

    async def reply(self, chat_id: int, text: str) -> None:
        with speaking(Priority.REPLY):
            await self._bot.send_message(chat_id, text)


@asynccontextmanager
async def muza_bot(task: Task) -> AsyncIterator[Bot]:
    logger.remove()
    logger.add(sys.stderr, level="ERROR")
    settings = Settings(_env_file=None, telegram_bot_token=SecretStr(task.token), telegram_api_base=task.base_url)
    redis = open_redis(task.redis_url)
    async with open_limiter(redis) as limiter:
        bot = build_bot(settings, limiter)
        try:
            yield bot
        finally:
            await bot.session.close()
    await redis.aclose()


@asynccontextmanager
async def connected(task: Task) -> AsyncIterator[Muza]:
    async with muza_bot(task) as bot:
        await bot.get_me()
        await asyncio.sleep(SETTLING_SECONDS)  # a running bot has met its Redis long before
        yield Muza(bot)


if __name__ == "__main__":
    play(connected)
