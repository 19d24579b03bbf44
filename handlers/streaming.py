"""When to show a growing text: at the pace that people and Telegram can take, never after the final."""

import asyncio
from collections.abc import Awaitable, Callable

from aiogram.exceptions import TelegramAPIError, TelegramForbiddenError
from loguru import logger

from handlers.pace import EDITS, SLOWEST, Pace

KEEP_ALIVE = 20.0
"""Seconds after which an unchanged native draft is sent again: Telegram drops it after 30."""
TYPING_PERIOD = 4.0
"""Seconds: Telegram shows "typing…" for five."""

Action = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


class Previews:
    """Merges previews: only the newest state is shown, one call at a time.

    `show` raises one of `refusals` when the limiter, or Telegram behind it, does not take the preview: it is dropped,
    and the newest state is tried later. No preview may outrun the final, so `close` waits for a call that is under way.
    """

    def __init__(
        self,
        show: Action,
        sleep: Sleep,
        *,
        pace: Pace | None = None,
        keep_alive: float | None = None,
        refusals: tuple[type[Exception], ...] = (),
    ) -> None:
        self._show = show
        self._sleep = sleep
        self._pace = pace or Pace(EDITS)
        self._keep_alive = keep_alive
        self._refusals: tuple[type[Exception], ...] = (TelegramAPIError, *refusals)
        self._changed = asyncio.Event()
        self._calling = asyncio.Lock()
        self._closed = False

    def changed(self) -> None:
        """There is something new to show."""
        self._changed.set()

    async def run(self, begun: float | None = None) -> None:
        """Until cancelled or closed. `begun`: when the message was first shown, by the loop's clock."""
        clock = asyncio.get_running_loop().time
        first = clock() if begun is None else begun
        if begun is not None:
            await self._sleep(max(0.0, begun + self._pace.after_shown(0.0) - clock()))
        while not self._closed:
            await self._wait_for_change()
            async with self._calling:
                if self._closed:
                    return
                self._changed.clear()
                started = clock()
                pause = await self._call(started - first)
            await self._sleep(max(0.0, started + pause - clock()))

    async def close(self, patience: float = 5.0) -> bool:
        """No preview begins after this; one under way is waited for, up to `patience` seconds. False: it still is."""
        self._closed = True
        try:
            async with asyncio.timeout(patience), self._calling:
                return True
        except TimeoutError:
            logger.warning("a preview hangs for {} s by now", patience)
            return False

    async def _wait_for_change(self) -> None:
        try:
            async with asyncio.timeout(self._keep_alive):
                await self._changed.wait()
        except TimeoutError:
            return

    async def _call(self, age: float) -> float:
        """Seconds from the beginning of this call to the next one."""
        try:
            await self._show()
        except self._refusals as error:
            logger.debug("preview dropped: {}", type(error).__name__)
            self._changed.set()
            return self._pace.after_refused(age, float(getattr(error, "retry_after", 0.0)))
        except Exception:  # noqa: BLE001 - a preview that cannot be drawn must not cost the attempt
            logger.exception("preview failed by a bug")
            return SLOWEST
        return self._pace.after_shown(age)


async def keep_typing(act: Action, sleep: Sleep, refusals: tuple[type[Exception], ...] = ()) -> None:
    """Until cancelled, or until the chat turns out to be closed to the bot."""
    troubles: tuple[type[Exception], ...] = (TelegramAPIError, *refusals)
    while True:
        try:
            await act()
        except TelegramForbiddenError:
            return
        except troubles as error:
            logger.debug("typing not shown: {}", type(error).__name__)
            await sleep(min(TYPING_PERIOD, float(getattr(error, "retry_after", 0.0)) or TYPING_PERIOD))
        else:
            await sleep(TYPING_PERIOD)
