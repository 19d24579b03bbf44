"""getUpdates: long polling, one poller at a time."""

import asyncio
import time

from aiogram.methods import GetUpdates

from tests.emulators.telegram.errors import ApiError, conflict
from tests.emulators.telegram.updates import QueuedUpdate, UpdateQueue

MAX_BATCH = 100
MAX_TIMEOUT = 50


class LongPolling:
    def __init__(self, updates: UpdateQueue) -> None:
        self._updates = updates
        self._waiting: asyncio.Future[ApiError | None] | None = None
        self._poll_waits = asyncio.Event()
        self._closed = False
        self.webhook_url = ""
        self.polled_at = float("-inf")
        """When the last poll came, by time.monotonic()."""
        updates.on_added.append(self._wake)

    async def get(self, call: GetUpdates) -> list[QueuedUpdate]:
        """Raises ApiError 409 while a webhook is set, and in the older of two polls."""
        if self.webhook_url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self.interrupt(
            conflict("terminated by other getUpdates request; make sure that only one bot instance is running")
        )
        self.polled_at = time.monotonic()
        self._updates.allow(call.allowed_updates)
        if call.offset:
            self._updates.confirm_below(call.offset)
        limit = call.limit if call.limit and 1 <= call.limit <= MAX_BATCH else MAX_BATCH
        batch = self._updates.take(limit)
        timeout = min(max(call.timeout or 0, 0), MAX_TIMEOUT)
        if not batch and timeout and not self._closed:
            await self._wait(timeout)
            batch = self._updates.take(limit)
        return batch

    def interrupt(self, refusal: ApiError | None) -> None:
        """Ends the poll that is waiting now: with a refusal, or with whatever is queued."""
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(refusal)

    def close(self) -> None:
        """Answers the waiting poll at once, and later ones without waiting, so that the server can stop."""
        self._closed = True
        self.interrupt(None)

    def reopen(self) -> None:
        self._closed = False

    async def waiting(self) -> None:
        """Returns when a poll is waiting for updates."""
        await self._poll_waits.wait()

    async def _wait(self, timeout: float) -> None:
        waiting: asyncio.Future[ApiError | None] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        self._poll_waits.set()
        try:
            done, _ = await asyncio.wait([waiting], timeout=timeout)
        finally:
            if self._waiting is waiting:
                self._poll_waits.clear()
        refusal = waiting.result() if done else None
        if refusal is not None:
            raise refusal

    def _wake(self, _queued: QueuedUpdate) -> None:
        self.interrupt(None)
