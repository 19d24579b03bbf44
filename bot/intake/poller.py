"""Long polling that confirms nothing before it is stored.

The offset moves when a batch is committed; Telegram forgets a batch when it sees the higher offset. A crash between the
two brings the batch again, and the inbox knows it.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import (
    AiogramError,
    TelegramConflictError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from loguru import logger

from bot.intake.raw_update import ALLOWED_UPDATES, GetRawUpdates, RawUpdate, update_id_of
from bot.intake.state import PollerHealth, PollerState
from bot.telegram_session import TelegramSession
from services.domain.errors import StoreUnavailable

POLL_SECONDS = 30
"""Telegram holds an empty poll at most 50 s."""
GRACE_SECONDS = 10.0
"""An answer this much later than promised never comes: the connection is half open."""
BATCH = 100
FIRST_PAUSE_SECONDS = 0.5
MAX_PAUSE_SECONDS = 15.0
CONFLICT_PAUSE_SECONDS = 3.0

Accept = Callable[[Sequence[RawUpdate]], Awaitable[None]]


class Poller:
    """`accept` stores a batch or raises StoreUnavailable. `state` is readable from outside."""

    def __init__(
        self,
        bot: Bot,
        accept: Accept,
        state: PollerState | None = None,
        *,
        poll_seconds: int = POLL_SECONDS,
        grace_seconds: float = GRACE_SECONDS,
        first_pause: float = FIRST_PAUSE_SECONDS,
    ) -> None:
        self.state = state or PollerState()
        self._bot = bot
        self._accept = accept
        self._poll_seconds = poll_seconds
        self._grace_seconds = grace_seconds
        self._first_pause = first_pause
        self._session = _own_session(bot)

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop`. What was fetched and not committed by then is fetched again by the next process."""
        try:
            async with asyncio.TaskGroup() as group:
                polling = group.create_task(self._poll_forever(), name="polling")
                await stop.wait()
                polling.cancel()
        finally:
            await self._drop_session()

    async def _poll_forever(self) -> None:
        offset: int | None = None
        while True:
            try:
                offset = await self._poll_once(offset)
            except TimeoutError as error:
                self.state.resets += 1
                self.state.failed(PollerHealth.UNREACHABLE, error)
                logger.warning("getUpdates did not come back in time: the connection is thrown away")
                await self._drop_session()
            except TelegramRetryAfter as error:
                self.state.failed(PollerHealth.UNREACHABLE, error)
                await asyncio.sleep(error.retry_after)
            except (AiogramError, StoreUnavailable) as error:
                await self._recover_from(error)

    async def _poll_once(self, offset: int | None) -> int | None:
        """The offset after the batch, which is stored by then."""
        method = GetRawUpdates(
            offset=offset, limit=BATCH, timeout=self._poll_seconds, allowed_updates=list(ALLOWED_UPDATES)
        )
        patience = self._poll_seconds + self._grace_seconds
        async with asyncio.timeout(patience):
            batch = await self._session(self._bot, method, timeout=int(patience) + 1)
        if batch:
            await self._accept(batch)
            self.state.received += len(batch)
            offset = max(update_id_of(update) for update in batch) + 1
        if self.state.health not in (PollerHealth.OK, PollerHealth.IDLE):
            logger.info("polling goes on after: {}", self.state.health.value)
        self.state.completed()
        return offset

    async def _recover_from(self, error: AiogramError | StoreUnavailable) -> None:
        pause = min(MAX_PAUSE_SECONDS, self._first_pause * 2.0 ** min(self.state.failures, 10)) * random.uniform(
            0.8, 1.2
        )
        match error:
            case TelegramConflictError() if "webhook" in error.message.lower():
                self.state.failed(PollerHealth.CONFLICT, error)
                logger.warning("a webhook is set for this bot; it is removed, waiting updates are kept")
                await self._bot.delete_webhook(drop_pending_updates=False)
            case TelegramConflictError():
                self.state.another_polls(error)
                logger.error("409 Conflict: another instance polls with this token; stop one of the two")
                pause = max(pause, CONFLICT_PAUSE_SECONDS)
            case TelegramUnauthorizedError():
                self.state.failed(PollerHealth.UNAUTHORIZED, error)
                logger.error("401 Unauthorized: Telegram does not know this token")
                pause = MAX_PAUSE_SECONDS
            case StoreUnavailable():
                self.state.failed(PollerHealth.STORE, error)
                logger.error("updates cannot be stored, so none is confirmed; trying again")
            case _:
                self.state.failed(PollerHealth.UNREACHABLE, error)
                logger.warning("getUpdates failed: {}", type(error).__name__)
        await asyncio.sleep(pause)

    async def _drop_session(self) -> None:
        """Only the poller's own: sends under way on the bot's session go on."""
        if self._session is not self._bot.session:
            await self._session.close()


def _own_session(bot: Bot) -> BaseSession:
    if isinstance(bot.session, AiohttpSession):
        return TelegramSession(api=bot.session.api, timeout=bot.session.timeout, limit=2)
    return bot.session
