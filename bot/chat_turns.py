"""Calls of this process to one chat, one after the other as far as that costs little."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 0.25
"""A call that takes longer is not waited for: what is urgent must not hang behind what hangs."""


class ChatTurns:
    """So that a refusal of one call is known before the next one to the same chat leaves."""

    def __init__(self, patience: float = PATIENCE_SECONDS) -> None:
        self._patience = patience
        self._turns: dict[int, asyncio.Lock] = {}
        self._wanted: dict[int, int] = {}

    @asynccontextmanager
    async def turn(self, chat_id: int) -> AsyncIterator[bool]:
        """True: other calls were under way and had to be waited for, so what was known before may be old."""
        lock = self._turns.setdefault(chat_id, asyncio.Lock())
        self._wanted[chat_id] = self._wanted.get(chat_id, 0) + 1
        waited, is_mine = lock.locked(), False
        try:
            try:
                async with asyncio.timeout(self._patience if waited else None):
                    is_mine = await lock.acquire()
            except TimeoutError:
                pass
            yield waited
        finally:
            if is_mine:
                lock.release()
            self._wanted[chat_id] -= 1
            if not self._wanted[chat_id]:
                del self._wanted[chat_id], self._turns[chat_id]
