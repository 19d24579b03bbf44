"""Remembers what Telegram handed over and what people saw: the side of the oracle that the product cannot touch."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aiogram.types import Message

from tests.emulators.telegram.chats import StoredMessage
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.events import Event
from tests.emulators.telegram.updates import QueuedUpdate
from tests.emulators.telegram.waiting import text_of


class Witness:
    """`updates` in order of arrival; `confirmed`: ids of those that the bot has acknowledged. Moments are of
    time.monotonic()."""

    def __init__(self, telegram: TelegramEmulator) -> None:
        self.updates: list[QueuedUpdate] = []
        self.arrived: dict[int, float] = {}
        self.confirmed: dict[int, float] = {}
        self._telegram = telegram
        self._events: asyncio.Queue[Event | None] = asyncio.Queue()
        self._deleted: list[StoredMessage] = []

    @contextmanager
    def watching(self) -> Iterator[None]:
        queue = self._telegram.updates
        queue.on_added.insert(0, self._added)
        queue.on_confirmed.append(self._confirmed)
        with self._telegram.state.events.subscribe() as self._events:
            yield

    def deleted(self) -> list[StoredMessage]:
        """Messages that were taken away since the beginning."""
        while not self._events.empty():
            event = self._events.get_nowait()
            if event is not None and event.kind == "delete" and event.message is not None:
                self._deleted.append(event.message)
        return self._deleted

    def _added(self, queued: QueuedUpdate) -> None:
        self.updates.append(queued)
        self.arrived[queued.id] = time.monotonic()

    def _confirmed(self, queued: QueuedUpdate) -> None:
        self.confirmed[queued.id] = time.monotonic()


def write_boards(telegram: TelegramEmulator, path: Path) -> None:
    """Every message of every chat with all its versions, for whoever looks into a finding."""
    lines = []
    for chat in telegram.state.chats.values():
        for stored in chat.messages.values():
            answered = stored.message.reply_to_message
            head = f"{chat.id}/{stored.id} #{stored.posted} from {stored.sender.id}"
            lines.append(f"{head}{f' to {answered.message_id}' if answered else ''}")
            lines += [f"    {_described(message)}" for message in (*stored.history, stored.message)]
    path.write_text("\n".join(lines), encoding="utf-8")


def _described(message: Message) -> str:
    rows = message.reply_markup.inline_keyboard if message.reply_markup else []
    return f"{text_of(message)[:300]!r} {[button.callback_data for row in rows for button in row]}"
