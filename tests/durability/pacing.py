"""How fast the crowd acts, and for how long."""

import asyncio
import time
from collections.abc import Callable

CROWDED = 80
"""Updates that Telegram holds back for the bot: people see nothing happen and write less."""


class Pace:
    """Lets one action through every 1/`per_second` seconds until `done()`; slows down while the bot is away."""

    def __init__(self, per_second: float, done: Callable[[], bool], waiting: Callable[[], int]) -> None:
        self._period = 1.0 / per_second
        self._done = done
        self._waiting = waiting
        self._next = time.monotonic()

    async def turn(self) -> bool:
        """Returns when it is one's turn; False when the play is over."""
        while not self._done():
            now = time.monotonic()
            self._next = max(self._next, now - 1.0)
            mine, self._next = self._next, self._next + self._period
            await asyncio.sleep(max(0.0, mine - now))
            if self._waiting() < CROWDED:
                return not self._done()
            await asyncio.sleep(0.5)
        return False
