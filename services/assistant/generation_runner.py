"""Runs attempts on the event loop: many at a time, each once in this process; and finds what no hint reached.

Which of the waiting ones is next, the database says: a hint wakes the look, never the attempt itself.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from loguru import logger

from services.assistant.admission import seconds_to_wait
from services.assistant.ports import Clock, TaskNursery
from services.assistant.redeliver import Redeliver
from services.assistant.run_generation import RunGeneration
from services.assistant.show_queue import ShowQueue
from services.assistant.stages.claim import Lease
from services.assistant.stages.run import Run
from services.calling.lost_calls import LostCalls
from services.domain.brief import Brief
from services.domain.errors import MuzaError, StoreUnavailable
from services.domain.fairness import Limits
from services.domain.generation import Generation
from services.domain.member import Member
from services.store.ports import Store, Transaction

SWEEP_EVERY_SECONDS = 2.0
"""An idle sweep is two small queries of a snapshot; see LEASE for what it adds to a recovery."""
LEDGER_SWEEP_EVERY_SECONDS = 20.0
DELIVERY_GRACE = timedelta(seconds=10)
"""An outcome that was not confirmed for this long is put on the screen again, an edit at worst; that of a process known
to be dead at once."""


class AttemptRunner:
    def __init__(
        self,
        nursery: TaskNursery,
        run: RunGeneration,
        lease: Lease,
        redeliver: Redeliver,
        *,
        store: Store,
        clock: Clock,
        lost_calls: LostCalls,
        is_gone: Callable[[str], bool],
        limit: int,
        limits: Limits,
        show_queue: ShowQueue,
    ) -> None:
        """`is_gone`: whether the process that calls itself so is known to be dead; where that cannot be known, its
        leases run out by themselves. `limit`: attempts that run at once in this process; `limits`: of each person, in
        all processes together."""
        self._nursery = nursery
        self._run = run
        self._lease = lease
        self._redeliver = redeliver
        self._store = store
        self._clock = clock
        self._lost_calls = lost_calls
        self._is_gone = is_gone
        self._limit = limit
        self._limits = limits
        self._show_queue = show_queue
        self._nudges: dict[int, asyncio.Event] = {}
        self._is_looking = False
        self._look_again = False
        self._is_behind = False
        """More may wait than there was room for."""
        self._is_closing = False

    async def admit(self, tx: Transaction, member: Member) -> int:
        return await seconds_to_wait(tx, member, self._clock, self._limits.a_minute)

    async def claim_new(self, tx: Transaction, generation: Generation, brief: Brief, member: Member) -> Run | None:
        if self._is_behind or not self._has_room:
            return None  # others came first
        return await self._lease.take_new(tx, generation, brief, member, self._limits.at_once)

    def wake(self, generation_id: int, claimed: Run | None = None) -> None:
        if claimed is not None:
            self._start(claimed)
        elif self._is_looking:
            self._look_again = True
        elif not self._is_closing:
            self._is_looking = True
            self._nursery.start(self._take_turns(), name=f"turns-{generation_id}")

    def stop(self, generation_id: int) -> None:
        nudge = self._nudges.get(generation_id)
        if nudge is not None:
            nudge.set()
        else:
            self._nursery.start(self._redeliver(generation_id), name=f"stopped-{generation_id}")

    async def sweep_forever(self) -> None:
        """Adopt queued attempts and those whose owner is gone, now and every few seconds; until cancelled. From then on
        what waits is left to other processes, or to the next start."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_again_and_again(self.sweep, SWEEP_EVERY_SECONDS))
                group.create_task(_again_and_again(self.sweep_ledger, LEDGER_SWEEP_EVERY_SECONDS))
        finally:
            self._is_closing = True

    async def sweep(self) -> None:
        now = self._clock.now()
        await self._bury_the_dead()
        async with self._store.reading() as tx:
            claimable = await tx.generations.claimable(now, limit=1)
            undelivered = await tx.generations.undelivered(now - DELIVERY_GRACE)
        if claimable:
            self.wake(claimable[0])
            self._nursery.start(_logged(self._show_queue()), name="queue-places")
        for generation_id in undelivered:
            if generation_id not in self._nudges:
                self._nursery.start(self._redeliver.in_turn(generation_id), name=f"outcome-{generation_id}")

    async def sweep_ledger(self) -> None:
        """Calls that their process did not live to write down, and that no later run of their attempt came upon."""
        await self._lost_calls.forgotten(self._clock.now())

    async def _bury_the_dead(self) -> None:
        """What a process that is known to be dead was doing need not wait for its lease to run out."""
        async with self._store.reading() as tx:
            owners = await tx.generations.owners(self._clock.now())
        for owner in owners:
            if owner != self._lease.owner and self._is_gone(owner):
                async with self._store.transaction() as tx:
                    orphans = await tx.generations.forsake(owner)
                logger.warning("process {} died: its {} attempts go on here", owner, orphans)

    @property
    def _has_room(self) -> bool:
        return len(self._nudges) < self._limit

    async def _take_turns(self) -> None:
        """Begin what is next in turn while there is room and somebody waits who is not at their limit."""
        try:
            while self._has_room and not self._is_closing:
                self._look_again = False
                run = await self._next()
                if run is not None:
                    self._start(run)
                elif not self._look_again:
                    self._is_behind = False
                    return
            self._is_behind = True
        except StoreUnavailable:
            logger.warning("what waits is left to the next sweep: the database is away")
        finally:
            self._is_looking = False

    async def _next(self) -> Run | None:
        async with self._store.reading() as tx:  # mostly nothing waits, and then the writer is not held up
            is_anything_there = await tx.generations.claimable(self._clock.now(), limit=1)
        return await self._lease.take_next(self._limits.at_once) if is_anything_there else None

    def _start(self, run: Run) -> None:
        if run.id in self._nudges:
            return  # its own former run here lost the lease and has not noticed yet
        self._nudges[run.id] = asyncio.Event()
        self._nursery.start(self._one(run), name=f"generation-{run.id}")

    async def _one(self, run: Run) -> None:
        try:
            await self._run(run.id, self._nudges[run.id], run)
        except asyncio.CancelledError:
            self._is_closing = True  # what is given back now is for other processes
            raise
        finally:
            del self._nudges[run.id]
        self.wake(run.id)  # its slot is free, or its person may have another one written


async def _again_and_again(sweep: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        await _logged(sweep())
        await asyncio.sleep(seconds)


async def _logged(work: Awaitable[None]) -> None:
    try:
        await work
    except MuzaError as error:
        logger.warning("sweep: {}", error.code)
