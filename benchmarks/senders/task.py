"""What every sender is told, and how it answers: JSON lines over stdin and stdout. Standard library only: the peers
live in another environment.

The sender prints {"ready": true}, waits for a line, sends, and prints {"began": …, "failed": …, "waits": […]}.
"""

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True)
class Task:
    base_url: str
    token: str
    redis_url: str = ""
    chats: list[int] = field(default_factory=list)
    """One message each; a chat named often gets as many."""
    replies: list[int] = field(default_factory=list)
    """Chats of people who wait for an answer while the others are written to."""
    reply_every: float = 1.5
    seconds: float = 0.0

    @classmethod
    def told(cls) -> "Task":
        return cls(**json.loads(sys.argv[1]))


class Sender(Protocol):
    one_by_one: bool
    """It sends in a loop instead of all at once."""

    async def send(self, chat_id: int, text: str) -> None: ...

    async def reply(self, chat_id: int, text: str) -> None: ...


Connected = Callable[[Task], AbstractAsyncContextManager[Sender]]
Work = Callable[[Task], Awaitable[dict[str, Any]]]


class Sending:
    def __init__(self, sender: Sender, task: Task) -> None:
        self._sender = sender
        self._task = task
        self._failed: dict[str, int] = {}
        self._waits: list[float] = []

    async def run(self) -> dict[str, Any]:
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._reply_now_and_then())
            for number, chat_id in enumerate(self._task.chats):
                if self._sender.one_by_one:
                    await self._send(number, chat_id)
                else:
                    group.create_task(self._send(number, chat_id))
        return {"began": began, "failed": self._failed, "waits": self._waits}

    async def _send(self, number: int, chat_id: int) -> None:
        try:
            await self._sender.send(chat_id, f"announcement {number}")
        except Exception as error:  # noqa: BLE001 - counted: the benchmark asks what was lost
            name = type(error).__name__
            self._failed[name] = self._failed.get(name, 0) + 1

    async def _reply_now_and_then(self) -> None:
        for number, chat_id in enumerate(self._task.replies):
            await asyncio.sleep(self._task.reply_every)
            asked = time.monotonic()
            await self._sender.reply(chat_id, f"reply {number}")
            self._waits.append(time.monotonic() - asked)


def play(connected: Connected) -> None:
    """The life of a sender process."""

    async def work() -> None:
        task = Task.told()
        async with connected(task) as sender:
            await ready()
            say(await Sending(sender, task).run())

    asyncio.run(work())


async def ready() -> None:
    say({"ready": True})
    await asyncio.to_thread(sys.stdin.readline)


def say(words: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(words) + "\n")
    sys.stdout.flush()
