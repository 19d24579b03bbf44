"""Intake as one object: polling and webhooks differ only in who calls `accept`."""

import asyncio
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from aiogram import Bot, Dispatcher
from loguru import logger

from bot.intake.feeder import Feeder
from bot.intake.holding import Holding
from bot.intake.poller import Poller
from bot.intake.pump import Pump
from bot.intake.raw_update import RawUpdate, lane_of, update_id_of
from bot.intake.state import PollerState
from bot.intake.suspects import Suspects
from bot.ownership import new_owner
from services.assistant.ports import TaskNursery
from services.domain.errors import StoreUnavailable
from services.domain.failpoint import FailPoint, reached
from services.store.ports import Store

KEEP_DONE = timedelta(days=3)
"""Telegram repeats an update for a day at most; a known update id must be remembered longer than that."""
PURGE_EVERY_SECONDS = 3600.0
DRAIN_SECONDS = 10.0


class Intake:
    def __init__(
        self,
        store: Store,
        bot: Bot,
        dispatcher: Dispatcher,
        nursery: TaskNursery,
        state: PollerState | None = None,
        *,
        owner: str | None = None,
    ) -> None:
        """`state`: where polling tells how it is doing. `owner`: the name of this process in leases."""
        self._store = store
        self._bot_id = bot.id
        self._nursery = nursery
        holding, suspects = Holding(store, bot.id, owner or new_owner()), Suspects(store, bot.id)
        self.pump = Pump(store, Feeder(bot, dispatcher), nursery, holding, suspects)
        self.poller = Poller(bot, self.accept, state)
        self._stopped = asyncio.Event()

    @property
    def state(self) -> PollerState:
        return self.poller.state

    def start(self) -> None:
        """Handle what a former process left, and go on with what `accept` brings."""
        self.pump.start()
        self._nursery.start(self._purge_now_and_then(), name="intake: purge")

    async def run_polling(self, stop: asyncio.Event) -> None:
        """Until `stop`; then what is being handled is finished."""
        self.start()
        try:
            await self.poller.run(stop)
        finally:
            await self.close()

    async def accept(self, updates: Sequence[RawUpdate]) -> None:
        """Stored when this returns. Raises StoreUnavailable (nothing is stored), ValueError (not an update)."""
        rows = [(update_id_of(update), lane_of(update), _as_json(update)) for update in updates]
        reached(FailPoint.UPDATES_RECEIVED)
        async with self._store.transaction() as tx:
            stored = await tx.inbox.add(self._bot_id, rows)
            claimed = await self.pump.claim(tx) if stored else ()
        reached(FailPoint.UPDATES_STORED)
        self.pump.take(claimed)

    async def close(self, timeout: float = DRAIN_SECONDS) -> None:
        self._stopped.set()
        await self.pump.close(timeout)

    async def _purge_now_and_then(self) -> None:
        while not self._stopped.is_set():
            try:
                async with self._store.transaction() as tx:
                    purged = await tx.inbox.purge(datetime.now(UTC) - KEEP_DONE)
                if purged:
                    logger.info("inbox: {} old updates removed", purged)
            except StoreUnavailable:
                logger.warning("inbox: old updates could not be removed")
            try:
                async with asyncio.timeout(PURGE_EVERY_SECONDS):
                    await self._stopped.wait()
            except TimeoutError:
                continue


def _as_json(update: RawUpdate) -> str:
    return json.dumps(update, ensure_ascii=False, separators=(",", ":"))
