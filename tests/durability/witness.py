"""Remembers what Telegram handed over and what people saw: the side of the oracle that the product cannot touch."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.emulators.telegram.chats import StoredMessage
from tests.emulators.telegram.emulator import TelegramEmulator
from tests.emulators.telegram.events import Event
from tests.emulators.telegram.updates import QueuedUpdate


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
