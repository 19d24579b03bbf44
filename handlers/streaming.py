"""When to show a growing text: about once a second, less often when Telegram is busy, never after the final."""

import asyncio
from collections.abc import Awaitable, Callable

from aiogram.exceptions import TelegramAPIError
from loguru import logger

EDIT_INTERVAL = 1.0
"""Seconds between edits: Telegram lets about one message a second into a chat."""
DRAFT_INTERVAL = 0.6
"""Seconds between frames of a native draft; clients flicker below half a second."""
SLOWEST = 8.0
"""Seconds, after previews were refused several times in a row."""
KEEP_ALIVE = 20.0
"""Seconds after which an unchanged native draft is sent again: Telegram drops it after 30."""
TYPING_PERIOD = 4.0
"""Seconds: Telegram shows "typing…" for five."""

Action = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


class Previews:
    """Merges previews: only the newest state is shown, one call at a time.

    `show` raises one of `refusals` when the limiter, or Telegram behind it, does not take the preview: it is dropped
    and the next one waits longer. No preview may outrun the final, so `close` waits for a call that is under way.
    """

    def __init__(
        self,
        show: Action,
        sleep: Sleep,
        *,
        interval: float = EDIT_INTERVAL,
        keep_alive: float | None = None,
        refusals: tuple[type[Exception], ...] = (),
    ) -> None:
        self._show = show
        self._sleep = sleep
        self._shortest = self._interval = interval
        self._keep_alive = keep_alive
        self._refusals: tuple[type[Exception], ...] = (TelegramAPIError, *refusals)
        self._changed = asyncio.Event()
        self._calling = asyncio.Lock()
        self._closed = False

    def changed(self) -> None:
        """There is something new to show."""
        self._changed.set()

    async def run(self) -> None:
        """Until cancelled or closed."""
        while not self._closed:
            await self._wait_for_change()
            async with self._calling:
                if self._closed:
                    return
                self._changed.clear()
                await self._call()
            await self._sleep(self._interval)

    async def close(self, patience: float = 5.0) -> None:
        """No preview begins after this; one under way is waited for, up to `patience` seconds."""
        self._closed = True
        try:
            async with asyncio.timeout(patience), self._calling:
                return
        except TimeoutError:
            logger.warning("a preview hung for {} s and was left behind", patience)

    async def _wait_for_change(self) -> None:
        try:
            async with asyncio.timeout(self._keep_alive):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _call(self) -> None:
        try:
            await self._show()
        except self._refusals as error:
            logger.debug("preview dropped: {}", type(error).__name__)
            asked = float(getattr(error, "retry_after", 0.0))
            self._interval = max(asked, min(self._interval * 1.5, SLOWEST))
            self._changed.set()
        except Exception:  # noqa: BLE001 - a preview that cannot be drawn must not cost the attempt
            logger.exception("preview failed by a bug")
            self._interval = SLOWEST
        else:
            self._interval = self._shortest


async def keep_typing(act: Action, sleep: Sleep, refusals: tuple[type[Exception], ...] = ()) -> None:
    refused: tuple[type[Exception], ...] = (TelegramAPIError, *refusals)
    while True:
        try:
            await act()
        except refused as error:
            logger.debug("typing not shown: {}", type(error).__name__)
        await sleep(TYPING_PERIOD)
