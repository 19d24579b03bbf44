"""Take an attempt's lease and read what the run needs; keep the lease while the run lasts; give it back."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from loguru import logger

from services.assistant.cards import interface_language
from services.assistant.ports import Clock
from services.assistant.stages.run import LeaseLost, Run
from services.domain.brief import Brief
from services.domain.errors import StoreUnavailable
from services.domain.generation import Generation, GenerationState
from services.domain.member import Member
from services.store.ports import Store, Transaction

LEASE = timedelta(seconds=10)
"""The longest that an attempt waits for its dead owner; a sweep every 2 s and a claim come on top, so it goes on
within 13 s. Renewed every 3 s, it outlives a loop that stalls, or a database that is away, for some 7 s."""
RENEW_EVERY_SECONDS = 3.0
RENEW_AGAIN_SECONDS = 0.5
"""After a renewal that failed."""


class Lease:
    def __init__(
        self, store: Store, clock: Clock, owner: str, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """`monotonic` goes on while a process is frozen, and never jumps: by it a run judges its own lease."""
        self._store = store
        self._clock = clock
        self.owner = owner
        self._monotonic = monotonic

    async def take_new(
        self, tx: Transaction, generation: Generation, brief: Brief, member: Member, at_once: int
    ) -> Run | None:
        """In the transaction that makes the attempt. None: `at_once` of this person's are being written."""
        if not await tx.queue.has_room(member.id, at_once):
            return None
        held_until, now = self._deadline(), self._clock.now()
        claimed = await tx.queue.claim(generation.id, self.owner, now + LEASE, now)
        project = await tx.projects.get(brief.project_id)
        if claimed is None or project is None:
            return None
        language = interface_language(member, brief)
        return Run(claimed, brief, project, member, language, held_until=held_until, monotonic=self._monotonic)

    async def take(self, generation_id: int) -> Run | None:
        """None: somebody else runs it, or it is over."""
        held_until, now = self._deadline(), self._clock.now()
        async with self._store.transaction() as tx:
            generation = await tx.generations.claim(generation_id, self.owner, now + LEASE, now)
            return await self._read(tx, generation, held_until) if generation else None

    async def take_next(self, at_once: int) -> Run | None:
        """The attempt whose turn it is, see `GenerationQueue.claim_next`; None: there is none."""
        held_until, now = self._deadline(), self._clock.now()
        async with self._store.transaction() as tx:
            generation = await tx.queue.claim_next(self.owner, now + LEASE, now, at_once)
            return await self._read(tx, generation, held_until) if generation else None

    async def _read(self, tx: Transaction, generation: Generation, held_until: float) -> Run:
        brief = await tx.briefs.get(generation.brief_id)
        member = await tx.members.get(generation.requested_by)
        project = await tx.projects.get(brief.project_id) if brief else None
        if brief is None or member is None or project is None:
            raise LookupError(f"generation {generation.id} has lost its brief, person or project")
        parent = await tx.generations.get(generation.parent_id) if generation.parent_id else None
        language = interface_language(member, brief)
        return Run(
            generation, brief, project, member, language, parent, held_until=held_until, monotonic=self._monotonic
        )

    @asynccontextmanager
    async def writing(self, run: Run) -> AsyncIterator[Transaction]:
        """A transaction of this run. Its first statement renews the lease under the token and locks the row, so nobody
        takes the attempt over before the commit. Raises LeaseLost: nothing of the block is written; StoreUnavailable.
        """
        held_until = self._deadline()
        async with self._store.transaction() as tx:
            if not await tx.generations.renew(run.id, run.token, self._clock.now() + LEASE):
                raise LeaseLost
            yield tx
        run.held_until = held_until

    async def keep(self, run: Run, nudge: asyncio.Event) -> None:
        """Renew until cancelled. Raises LeaseLost. `nudge` makes it look at once: somebody pressed Stop."""
        again_at = 0.0
        while True:
            await self._rest(run, nudge, again_at)
            try:
                async with self.writing(run):
                    pass  # the renewal is all
            except LeaseLost:
                if not run.is_ending:
                    raise
                return  # who writes the end down learns whether it was in time
            except StoreUnavailable:
                # Writing goes on: what the attempt saves is fenced, and the next renewal may come in time.
                logger.warning("the lease could not be renewed: the database is away")
                again_at = self._monotonic() + RENEW_AGAIN_SECONDS

    async def _rest(self, run: Run, nudge: asyncio.Event, again_at: float) -> None:
        """Until the renewal is due, which every write of the run puts off, or until the nudge."""
        while not nudge.is_set():
            renewed_at = run.held_until - LEASE.total_seconds()
            wait = max(renewed_at + RENEW_EVERY_SECONDS, again_at) - self._monotonic()
            if wait <= 0:
                break
            try:
                async with asyncio.timeout(wait):
                    await nudge.wait()
            except TimeoutError:
                pass  # nobody nudged: look whether a write renewed it meanwhile
        nudge.clear()

    async def give_back(self, run: Run) -> None:
        """Back to the queue, for another process to go on at once (this one is shutting down)."""
        try:
            async with self.writing(run) as tx:
                current = await tx.generations.get(run.id)
                if current is not None:
                    await tx.generations.transition(run.id, expected_version=current.version, to=GenerationState.QUEUED)
        except LeaseLost:
            logger.debug("nothing to give back: the attempt is another's already")
        except StoreUnavailable:
            logger.warning("not given back, the database is away: the lease runs out by itself")

    def _deadline(self) -> float:
        return self._monotonic() + LEASE.total_seconds()
