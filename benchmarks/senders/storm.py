"""Two hundred chats that stream answers through a storm of 429s, with Muza's own bot and limiter.

An answer: a placeholder, typing every 4 s, previews by edits, a final edit. Every final must come to stand.
"""

import asyncio
import time
from typing import Any

from aiogram import Bot
from aiogram.enums import ChatAction
from aiogram.exceptions import TelegramAPIError
from aiogram.methods import EditMessageText, SendChatAction, TelegramMethod

from benchmarks.senders.muza import muza_bot
from benchmarks.senders.task import Task, ready, say
from services.delivery.ports import PreviewDropped, Priority
from services.delivery.priority import speaking

STREAM_SECONDS = 10.0
PREVIEW_SECONDS = 1.0
TYPING_SECONDS = 4.0
PAUSE_SECONDS = 5.0


class Storm:
    def __init__(self, bot: Bot, seconds: float) -> None:
        self._bot = bot
        self._until = time.monotonic() + seconds
        self.finals: dict[int, list[str]] = {}
        """Chat to the finals that were reported as shown."""
        self.waits: list[float] = []
        """Seconds from the end of a stream to its final."""
        self.unanswered = 0
        """Placeholders that were given up: the product tells these people later."""
        self.previews = 0
        self.dropped = 0

    async def chat(self, chat_id: int) -> None:
        number = 0
        while time.monotonic() < self._until:
            number += 1
            await self._answer(chat_id, f"{chat_id}/{number}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def _answer(self, chat_id: int, name: str) -> None:
        try:
            with speaking(Priority.REPLY):
                placeholder = await self._bot.send_message(chat_id, f"⏳ {name}")
        except TelegramAPIError:
            self.unanswered += 1
            return
        await self._stream(chat_id, placeholder.message_id, name)
        ended, final = time.monotonic(), f"final {name} " + "word " * 200 + "end"
        with speaking(Priority.FINAL):
            await self._bot.edit_message_text(final, chat_id=chat_id, message_id=placeholder.message_id)
        self.waits.append(time.monotonic() - ended)
        self.finals.setdefault(chat_id, []).append(final)

    async def _stream(self, chat_id: int, message_id: int, name: str) -> None:
        began, count, next_typing = time.monotonic(), 0, 0.0
        while (passed := time.monotonic() - began) < STREAM_SECONDS:
            if passed >= next_typing:
                next_typing = passed + TYPING_SECONDS
                await self._shown(SendChatAction(chat_id=chat_id, action=ChatAction.TYPING))
            count += 1
            text = f"{name}: " + "word " * count
            edit = EditMessageText(text=text, chat_id=chat_id, message_id=message_id)
            wait = await self._shown(edit)
            await asyncio.sleep(max(PREVIEW_SECONDS, min(wait, STREAM_SECONDS)))

    async def _shown(self, call: TelegramMethod[Any]) -> float:
        """Seconds that it asks to be left alone."""
        try:
            with speaking(Priority.PREVIEW):
                await self._bot(call)
        except PreviewDropped as refusal:
            self.dropped += 1
            return refusal.retry_after
        self.previews += 1
        return 0.0


async def play(task: Task) -> None:
    async with muza_bot(task) as bot:
        await ready()
        storm = Storm(bot, task.seconds)
        began = time.monotonic()
        async with asyncio.TaskGroup() as group:
            for chat_id in task.chats:
                group.create_task(storm.chat(chat_id))
        say(
            {
                "began": began, "failed": {"placeholder": storm.unanswered}, "waits": storm.waits,
                "finals": storm.finals, "previews": storm.previews, "dropped": storm.dropped,
            }
        )  # fmt: skip


if __name__ == "__main__":
    asyncio.run(play(Task.told()))
