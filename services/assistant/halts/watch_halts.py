"""How a process learns that generation was halted somewhere else: it looks, twice a second."""

import asyncio
from collections.abc import Callable

from loguru import logger

from services.calling.halt_watch import HaltWatch
from services.domain.errors import MuzaError
from services.store.ports import Store

LOOK_EVERY_SECONDS = 0.5
"""Calls under way anywhere end within 2 s of the order; a look is one small query of a snapshot."""


class WatchHalts:
    def __init__(self, store: Store, watch: HaltWatch, every_seconds: float = LOOK_EVERY_SECONDS) -> None:
        self._store = store
        self._watch = watch
        self._every = every_seconds

    async def __call__(self, is_over: Callable[[], bool] = lambda: False) -> None:
        """Until `is_over`, or until cancelled."""
        while not is_over():
            try:
                await self.look()
            except MuzaError as error:
                logger.warning("the kill switch could not be looked at: {}", error.code)
            await asyncio.sleep(self._every)

    async def look(self) -> None:
        """Raises StoreUnavailable."""
        async with self._store.reading() as tx:
            halted = await tx.halts.halted()
        if ending := self._watch.learn(halted):
            logger.warning("generation is halted: {} calls under way end here", ending)
