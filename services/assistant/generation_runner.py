"""Runs attempts on the event loop: many at a time, each once in this process; and finds what no hint reached."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from loguru import logger

from services.assistant.ports import Clock, TaskNursery
from services.assistant.redeliver import Redeliver
from services.assistant.run_generation import RunGeneration
from services.assistant.stages.claim import Lease
from services.assistant.stages.run import Run
from services.calling.lost_calls import LostCalls
from services.domain.brief import Brief
from services.domain.errors import MuzaError
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
    ) -> None:
        """`is_gone`: whether the process that calls itself so is known to be dead; where that cannot be known, its
        leases run out by themselves. `limit`: attempts that run at once in this process."""
        self._nursery = nursery
        self._run = run
        self._lease = lease
        self._redeliver = redeliver
        self._store = store
        self._clock = clock
        self._lost_calls = lost_calls
        self._is_gone = is_gone
        self._slots = asyncio.Semaphore(limit)
        self._nudges: dict[int, asyncio.Event] = {}

    async def claim_new(self, tx: Transaction, generation: Generation, brief: Brief, member: Member) -> Run | None:
        if self._slots.locked():
            return None  # a lease that nobody renews would run out in the queue
        return await self._lease.take_new(tx, generation, brief, member)

    def wake(self, generation_id: int, claimed: Run | None = None) -> None:
        if generation_id not in self._nudges:
            self._nudges[generation_id] = asyncio.Event()
            self._nursery.start(self._one(generation_id, claimed), name=f"generation-{generation_id}")

    def stop(self, generation_id: int) -> None:
        nudge = self._nudges.get(generation_id)
        if nudge is not None:
            nudge.set()
        else:
            self._nursery.start(self._redeliver(generation_id), name=f"stopped-{generation_id}")

    async def sweep_forever(self) -> None:
        """Adopt queued attempts and those whose owner is gone, now and every few seconds; until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(_again_and_again(self.sweep, SWEEP_EVERY_SECONDS))
            group.create_task(_again_and_again(self.sweep_ledger, LEDGER_SWEEP_EVERY_SECONDS))

    async def sweep(self) -> None:
        now = self._clock.now()
        await self._bury_the_dead()
        async with self._store.reading() as tx:
            claimable = await tx.generations.claimable(now)
            undelivered = await tx.generations.undelivered(now - DELIVERY_GRACE)
        for generation_id in claimable:
            self.wake(generation_id)
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

    async def _one(self, generation_id: int, claimed: Run | None) -> None:
        nudge = self._nudges[generation_id]
        try:
            async with self._slots:
                ran = await self._run(generation_id, nudge, claimed)
        finally:
            del self._nudges[generation_id]
        if not ran and nudge.is_set():
            await self._redeliver(generation_id)  # stopped while it waited for its turn


async def _again_and_again(sweep: Callable[[], Awaitable[None]], seconds: float) -> None:
    while True:
        try:
            await sweep()
        except MuzaError as error:
            logger.warning("sweep: {}", error.code)
        await asyncio.sleep(seconds)
