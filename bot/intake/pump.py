"""Feeds stored updates to the handlers: in order within a lane, many lanes at once, until they are done.

A lane (a chat) belongs to one process at a time, so any number of processes may share an inbox. Updates are claimed in
the transaction that stores them; what a process left that is gone, and what did not fit in memory, is claimed later.
"""

import asyncio
from bisect import insort
from collections import deque
from collections.abc import Sequence

from loguru import logger

from bot.intake.albums import QUIET_SECONDS, Albums, Lane
from bot.intake.feeder import Feeder
from bot.intake.holding import RENEW_SECONDS, Holding
from bot.intake.marker import DoneMarker
from bot.intake.suspects import Suspects
from services.assistant.ports import TaskNursery
from services.domain.errors import StoreUnavailable
from services.domain.failpoint import FailPoint, reached
from services.store.ports import Store, StoredUpdate, Transaction

MAX_IN_MEMORY = 2_000
MAX_LANES_AT_ONCE = 200
LOOK_SECONDS = 2.0
"""How often updates are looked for that another process has left."""
STORE_PAUSE_SECONDS = 1.0
NEVER_ENDED = "never_ended"
"""Of an update that ends its process each time."""


class Pump:
    """One event loop only. `start` once; `claim` and `take` what is stored; `close` lets what runs finish."""

    def __init__(
        self,
        store: Store,
        feeder: Feeder,
        nursery: TaskNursery,
        holding: Holding,
        suspects: Suspects,
        *,
        max_in_memory: int = MAX_IN_MEMORY,
        max_lanes_at_once: int = MAX_LANES_AT_ONCE,
        album_quiet_seconds: float = QUIET_SECONDS,
    ) -> None:
        self._store = store
        self._feeder = feeder
        self._nursery = nursery
        self._holding = holding
        self._marker = DoneMarker(store, nursery)
        self._max_in_memory = max_in_memory
        self._slots = asyncio.Semaphore(max_lanes_at_once)
        self._lanes: dict[int, Lane] = {}
        self._in_memory: set[int] = set()
        self._suspects = suspects
        self._renewing = asyncio.Lock()
        self._more = asyncio.Event()
        self._room = asyncio.Event()
        self._started = False
        self._closing = asyncio.Event()
        self._albums = Albums(store, self._look, self._closing, album_quiet_seconds)

    @property
    def waiting(self) -> int:
        """Updates in memory that are not handled yet."""
        return len(self._in_memory)

    @property
    def is_alive(self) -> bool:
        return not self._closing.is_set()

    def start(self) -> None:
        """Begin with what a former process left in the inbox."""
        self._started = True
        self._more.set()
        self._nursery.start(self._look_for_more(), name="intake: look for more")
        self._nursery.start(self._keep_holding(), name="intake: keep holding")

    async def claim(self, tx: Transaction) -> Sequence[StoredUpdate]:
        """In the transaction that stored something: what is free and fits. `take` it after the commit."""
        room = self._max_in_memory - len(self._in_memory)
        if not self._started or self._closing.is_set() or room <= 0:
            self._more.set()
            return ()
        rows = await self._holding.claim(tx, room, holds_others=bool(self._in_memory))
        if len(rows) == room:
            self._more.set()
        return rows

    def take(self, rows: Sequence[StoredUpdate]) -> None:
        for row in rows:
            if row.row_id in self._in_memory or row.row_id in self._marker:
                continue
            self._in_memory.add(row.row_id)
            lane = self._lanes.get(row.lane)
            if lane is None:
                self._lanes[row.lane] = Lane(deque((row,)), asyncio.Event())
                self._nursery.start(self._run_lane(row.lane), name=f"lane {row.lane}")
                continue
            if lane.rows[-1].row_id < row.row_id:
                lane.rows.append(row)
            else:  # of a transaction that was committed earlier and came here later; the first one is being handled
                insort(lane.rows, row, lo=1, key=lambda waiting: waiting.row_id)
            lane.more.set()

    async def close(self, timeout: float) -> None:
        """Lanes stop after the update they are at; the rest stays in the inbox, for anybody."""
        self._closing.set()
        self._more.set()
        for lane in self._lanes.values():
            lane.more.set()
        deadline = asyncio.get_running_loop().time() + timeout
        while self._lanes and asyncio.get_running_loop().time() < deadline:
            self._room.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._room.wait()
            except TimeoutError:
                logger.warning(
                    "{} lanes were still busy at shutdown; their updates stay in the inbox", len(self._lanes)
                )
        await self._marker.flush()
        if self._started and not self._lanes:
            try:
                await self._holding.let_go()
            except StoreUnavailable:
                logger.warning("what this process holds in the inbox becomes free when its lease runs out")

    async def _run_lane(self, lane_id: int) -> None:
        lane = self._lanes[lane_id]
        try:
            async with self._slots:
                while lane.rows and not self._closing.is_set():
                    await self._handle_head(lane)
        finally:
            self._in_memory.difference_update(row.row_id for row in lane.rows)
            del self._lanes[lane_id]
            self._room.set()

    async def _handle_head(self, lane: Lane) -> None:
        unit = await self._albums.unit_at_head(lane)
        ours = [row for row in unit.rows if await self._is_ours(row)]
        if ours:
            error_code = None if unit.is_late else await self._feed(ours)
            reached(FailPoint.UPDATE_HANDLED)
            for row in ours:
                self._marker.mark(row.row_id, error_code)
        for row in unit.rows:
            self._in_memory.discard(row.row_id)
            lane.rows.remove(row)

    async def _feed(self, rows: Sequence[StoredUpdate]) -> str | None:
        async with self._suspects.turn(rows) as is_hopeful:
            return await self._feeder.feed(rows) if is_hopeful else NEVER_ENDED

    async def _is_ours(self, row: StoredUpdate) -> bool:
        while not self._holding.is_sure and not self._closing.is_set():
            await self._renew()
        return row.row_id in self._in_memory and not self._closing.is_set()

    async def _keep_holding(self) -> None:
        while not self._closing.is_set():
            await self._pause(RENEW_SECONDS)
            if self._in_memory:
                await self._renew()

    async def _renew(self) -> None:
        """Forgets what another process has taken over."""
        async with self._renewing:
            known = frozenset(self._in_memory)
            try:
                self._in_memory -= known - await self._holding.renew(known)
            except StoreUnavailable:
                logger.warning("what is held in the inbox could not be renewed")
                await self._pause(STORE_PAUSE_SECONDS)

    async def _look_for_more(self) -> None:
        while not self._closing.is_set():
            self._more.clear()
            if len(self._in_memory) > self._max_in_memory // 2:
                self._room.clear()
                await self._room.wait()
                self._more.set()
                continue
            if not await self._look():
                await self._pause(STORE_PAUSE_SECONDS)
                continue
            try:
                async with asyncio.timeout(LOOK_SECONDS):
                    await self._more.wait()
            except TimeoutError:
                continue

    async def _look(self) -> bool:
        """Take what is free. False: the database is away."""
        try:
            if await self._holding.find_free():
                async with self._store.transaction() as tx:
                    rows = await self.claim(tx)
                self.take(rows)
        except StoreUnavailable:
            logger.error("the inbox cannot be read; trying again")
            return False
        return True

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return
