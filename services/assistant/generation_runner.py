"""Runs attempts on the event loop: many at a time, each once in this process; and finds what no hint reached."""

import asyncio
from datetime import timedelta

from loguru import logger

from services.assistant.ports import Clock, TaskNursery
from services.assistant.redeliver import Redeliver
from services.assistant.run_generation import RunGeneration
from services.assistant.stages.claim import Lease
from services.assistant.stages.run import Run
from services.domain.brief import Brief
from services.domain.errors import MuzaError
from services.domain.generation import Generation
from services.domain.member import Member
from services.store.ports import Store, Transaction

SWEEP_EVERY_SECONDS = 5.0
DELIVERY_GRACE = timedelta(seconds=60)
"""A final that was not confirmed for this long is put on the screen again: its process is gone."""


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
        limit: int,
    ) -> None:
        """`limit`: attempts that run at once in this process."""
        self._nursery = nursery
        self._run = run
        self._lease = lease
        self._redeliver = redeliver
        self._store = store
        self._clock = clock
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
        while True:
            try:
                await self.sweep()
            except MuzaError as error:
                logger.warning("sweep: {}", error.code)
            await asyncio.sleep(SWEEP_EVERY_SECONDS)

    async def sweep(self) -> None:
        now = self._clock.now()
        async with self._store.reading() as tx:
            claimable = await tx.generations.claimable(now)
            undelivered = await tx.generations.undelivered(now - DELIVERY_GRACE)
        for generation_id in claimable:
            self.wake(generation_id)
        for generation_id in undelivered:
            if generation_id not in self._nudges:
                await self._redeliver(generation_id)

    async def _one(self, generation_id: int, claimed: Run | None) -> None:
        nudge = self._nudges[generation_id]
        try:
            async with self._slots:
                ran = await self._run(generation_id, nudge, claimed)
        finally:
            del self._nudges[generation_id]
        if not ran and nudge.is_set():
            await self._redeliver(generation_id)  # stopped while it waited for its turn
