"""As many calls as the server takes, twenty at a time: what the emulator itself can do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp

from benchmarks.senders.task import Task, play

AT_ONCE = 20


class Flood:
    one_by_one = False

    def __init__(self, session: aiohttp.ClientSession, address: str) -> None:
        self._session = session
        self._address = address
        self._places = asyncio.Semaphore(AT_ONCE)

    async def send(self, chat_id: int, text: str) -> None:
        async with self._places, self._session.post(self._address, data={"chat_id": chat_id, "text": text}) as answer:
            answer.raise_for_status()

    async def reply(self, chat_id: int, text: str) -> None:
        await self.send(chat_id, text)


@asynccontextmanager
async def connected(task: Task) -> AsyncIterator[Flood]:
    async with aiohttp.ClientSession() as session:
        yield Flood(session, f"{task.base_url}/bot{task.token}/sendMessage")


if __name__ == "__main__":
    play(connected)
