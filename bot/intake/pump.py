"""Feeds stored updates to the handlers: in order within a lane, many lanes at once, until they are done.

Updates that were just stored are handed over as they are; after a restart, or when more wait than fit in memory, they
are read back from the inbox.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from loguru import logger

from bot.intake.feeder import Feeder
from bot.intake.marker import DoneMarker
from services.assistant.ports import TaskNursery
from services.domain.errors import StoreUnavailable
from services.domain.failpoint import FailPoint, reached
from services.store.ports import Store, StoredUpdate

PAGE = 200
MAX_IN_MEMORY = 2_000
MAX_LANES_AT_ONCE = 200
STORE_PAUSE_SECONDS = 1.0
MAX_READINGS = 6
"""An update that was read back this often without an end probably kills the process each time."""


class Pump:
    """One event loop only. `start` once; `offer` stored rows; `close` lets what runs finish."""

    def __init__(
        self,
        store: Store,
        bot_id: int,
        feeder: Feeder,
        nursery: TaskNursery,
        *,
        max_in_memory: int = MAX_IN_MEMORY,
        max_lanes_at_once: int = MAX_LANES_AT_ONCE,
    ) -> None:
        self._store = store
        self._bot_id = bot_id
        self._feeder = feeder
        self._nursery = nursery
        self._marker = DoneMarker(store, nursery)
        self._max_in_memory = max_in_memory
        self._slots = asyncio.Semaphore(max_lanes_at_once)
        self._lanes: dict[int, deque[StoredUpdate]] = {}
        self._in_memory: set[int] = set()
        self._last_row = 0
        self._skipped_from: int | None = None
        self._is_behind = True
        self._room = asyncio.Event()
        self._closing = False

    @property
    def waiting(self) -> int:
        """Updates in memory that are not handled yet."""
        return len(self._in_memory)

    @property
    def is_alive(self) -> bool:
        return not self._closing

    def start(self) -> None:
        """Begin with what a former process left in the inbox."""
        self._nursery.start(self._catch_up(), name="intake: catch up")

    def offer(self, rows: Sequence[StoredUpdate]) -> None:
        """Rows just stored, in order. What does not fit is read from the inbox later, in the same order."""
        if self._is_behind or self._closing or len(self._in_memory) + len(rows) > self._max_in_memory:
            if rows:
                first = min(row.row_id for row in rows)
                self._skipped_from = first if self._skipped_from is None else min(first, self._skipped_from)
            if not self._is_behind and not self._closing:
                self._is_behind = True
                self._nursery.start(self._catch_up(), name="intake: catch up")
            return
        self._take(rows)

    async def close(self, timeout: float) -> None:
        """Lanes stop after the update they are at; the rest stays in the inbox."""
        self._closing = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while self._lanes and loop.time() < deadline:
            self._room.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._room.wait()
            except TimeoutError:
                logger.warning(
                    "{} lanes were still busy at shutdown; their updates stay in the inbox", len(self._lanes)
                )
        await self._marker.flush()

    def _take(self, rows: Sequence[StoredUpdate]) -> None:
        for row in rows:
            self._last_row = max(self._last_row, row.row_id)
            self._in_memory.add(row.row_id)
            lane = self._lanes.get(row.lane)
            if lane is not None:
                lane.append(row)
                continue
            self._lanes[row.lane] = deque((row,))
            self._nursery.start(self._run_lane(row.lane), name=f"lane {row.lane}")

    async def _run_lane(self, lane_id: int) -> None:
        lane = self._lanes[lane_id]
        try:
            async with self._slots:
                while lane and not self._closing:
                    row = lane[0]
                    error_code = await self._feeder.feed(row)
                    reached(FailPoint.UPDATE_HANDLED)
                    self._marker.mark(row.row_id, error_code)
                    self._in_memory.discard(lane.popleft().row_id)
        finally:
            self._in_memory.difference_update(row.row_id for row in lane)
            del self._lanes[lane_id]
            self._room.set()

    async def _catch_up(self) -> None:
        while not self._closing:
            if len(self._in_memory) > self._max_in_memory // 2:
                self._room.clear()
                await self._room.wait()
                continue
            try:
                rows = await self._read_page()
            except StoreUnavailable:
                logger.error("the inbox cannot be read; trying again")
                await asyncio.sleep(STORE_PAUSE_SECONDS)
                continue
            if rows:
                self._take([row for row in rows if not self._is_hopeless(row)])
            elif self._skipped_from is None:
                self._is_behind = False
                return

    async def _read_page(self) -> list[StoredUpdate]:
        """The next rows that are not known here. A row skipped meanwhile may have a lower id than the last one taken:
        databases give ids before they commit."""
        if self._skipped_from is not None:
            self._last_row = min(self._last_row, self._skipped_from - 1)
            self._skipped_from = None
        while True:
            async with self._store.transaction() as tx:
                page = await tx.inbox.pending(self._bot_id, self._last_row, PAGE)
                fresh = [row for row in page if row.row_id not in self._in_memory and row.row_id not in self._marker]
                await tx.inbox.begin([row.row_id for row in fresh])
            if page:
                self._last_row = page[-1].row_id
            if fresh or not page:
                return fresh

    def _is_hopeless(self, row: StoredUpdate) -> bool:
        if row.attempts < MAX_READINGS:
            return False
        logger.error("update {} never came to an end in {} starts: given up", row.update_id, row.attempts)
        self._marker.mark(row.row_id, "never_ended")
        return True
