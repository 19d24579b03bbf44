"""What a 429 means for everybody: this chat is left alone, or, when nothing gets through any more, all of them."""

import time
from collections.abc import Callable

from loguru import logger

from services.delivery.ports import RateLimiter

STORM_CHATS = 8
"""Chats refused one after the other with no success between. Refusals of single chats, even 30 % of all calls, hardly
ever line up so; a limit over all chats refuses everything."""
STORM_WINDOW_SECONDS = 3.0
STORM_PAUSE_SECONDS = 1.0


class Refusals:
    def __init__(self, limiter: RateLimiter, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limiter = limiter
        self._monotonic = monotonic
        self._row: dict[int, tuple[float, float]] = {}
        """Chats refused since the last success: (moment, retry_after)."""
        self._storms = 0

    def passed(self) -> None:
        """A call got through: whatever refuses others is not a limit over all chats."""
        self._row.clear()
        self._storms = 0

    async def refused(self, method: str, chat_id: int, retry_after: float) -> None:
        logger.warning("429 for {} in chat={}: {} s", method, chat_id, retry_after)
        await self._limiter.freeze(chat_id, retry_after)
        now = self._monotonic()
        self._row[chat_id] = (now, retry_after)
        self._row = {chat: seen for chat, seen in self._row.items() if now - seen[0] <= STORM_WINDOW_SECONDS}
        if len(self._row) >= STORM_CHATS:
            await self._pause_all()

    async def _pause_all(self) -> None:
        """Each pause in vain is followed by one twice as long, up to the shortest that Telegram asks for."""
        shortest = min(retry_after for _, retry_after in self._row.values())
        pause = min(shortest, STORM_PAUSE_SECONDS * 2**self._storms)
        logger.warning("429 in {} chats and nothing got through: everybody pauses for {} s", len(self._row), pause)
        self._storms += 1
        self._row.clear()
        await self._limiter.freeze(None, pause)
