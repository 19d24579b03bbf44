"""python-telegram-bot with its AIORateLimiter, in an environment of its own (`benchmarks/peers.txt`)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from benchmarks.senders.task import Task, play

RETRIES = 50
"""Its default is none: messages would be lost at the first 429."""


class Peer:
    one_by_one = False

    def __init__(self, bot: Any) -> None:
        self._bot = bot

    async def send(self, chat_id: int, text: str) -> None:
        await self._bot.send_message(chat_id, text)

    async def reply(self, chat_id: int, text: str) -> None:
        await self._bot.send_message(chat_id, text)


@asynccontextmanager
async def connected(task: Task) -> AsyncIterator[Peer]:
    from telegram.ext import AIORateLimiter, ExtBot
    from telegram.request import HTTPXRequest

    request = HTTPXRequest(connection_pool_size=256, pool_timeout=3600.0, read_timeout=60.0, connect_timeout=60.0)
    limiter = AIORateLimiter(max_retries=RETRIES)
    async with ExtBot(task.token, base_url=f"{task.base_url}/bot", request=request, rate_limiter=limiter) as bot:
        yield Peer(bot)


if __name__ == "__main__":
    play(connected)
