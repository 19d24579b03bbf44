"""Marks handled updates as done, many in one transaction: a mark that a crash swallows only repeats a handler."""

import asyncio

from loguru import logger

from services.assistant.ports import TaskNursery
from services.domain.errors import StoreUnavailable
from services.domain.failpoint import FailPoint, reached
from services.store.ports import Store

GATHER_SECONDS = 0.05
RETRY_SECONDS = 2.0


class DoneMarker:
    def __init__(self, store: Store, nursery: TaskNursery) -> None:
        self._store = store
        self._nursery = nursery
        self._unwritten: dict[int, str | None] = {}
        self._writing = asyncio.Lock()
        self._scheduled = False

    def __contains__(self, row_id: int) -> bool:
        """Handled, and not yet marked in the database."""
        return row_id in self._unwritten

    def mark(self, row_id: int, error_code: str | None) -> None:
        self._unwritten[row_id] = error_code
        if not self._scheduled:
            self._scheduled = True
            self._nursery.start(self._gather(), name="intake: mark done")

    async def flush(self) -> None:
        """Raises nothing: what cannot be marked is handled again after the restart."""
        async with self._writing:
            marks = dict(self._unwritten)
            if not marks:
                return
            try:
                async with self._store.transaction() as tx:
                    for row_id, error_code in marks.items():
                        await tx.inbox.done(row_id, error_code)
            except StoreUnavailable:
                logger.error("{} handled updates could not be marked", len(marks))
                return
            reached(FailPoint.UPDATES_MARKED)
            for row_id in marks:
                del self._unwritten[row_id]

    async def _gather(self) -> None:
        pause = GATHER_SECONDS
        while self._unwritten:
            await asyncio.sleep(pause)
            before = len(self._unwritten)
            await self.flush()
            pause = RETRY_SECONDS if len(self._unwritten) >= before else GATHER_SECONDS
        self._scheduled = False
