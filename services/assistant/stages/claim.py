"""Take an attempt's lease and read what the run needs; keep the lease while the run lasts; give it back."""

import asyncio
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

LEASE = timedelta(seconds=15)
RENEW_EVERY_SECONDS = 5.0


class Lease:
    def __init__(self, store: Store, clock: Clock, owner: str) -> None:
        self._store = store
        self._clock = clock
        self._owner = owner

    async def take_new(self, tx: Transaction, generation: Generation, brief: Brief, member: Member) -> Run | None:
        """In the transaction that makes the attempt."""
        now = self._clock.now()
        claimed = await tx.generations.claim(generation.id, self._owner, now + LEASE, now)
        project = await tx.projects.get(brief.project_id)
        if claimed is None or project is None:
            return None
        return Run(claimed, brief, project, member, interface_language(member, brief))

    async def take(self, generation_id: int) -> Run | None:
        """None: somebody else runs it, or it is over."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            generation = await tx.generations.claim(generation_id, self._owner, now + LEASE, now)
            if generation is None:
                return None
            brief = await tx.briefs.get(generation.brief_id)
            member = await tx.members.get(generation.requested_by)
            project = await tx.projects.get(brief.project_id) if brief else None
            if brief is None or member is None or project is None:
                raise LookupError(f"generation {generation_id} has lost its brief, person or project")
            parent = await tx.generations.get(generation.parent_id) if generation.parent_id else None
        return Run(generation, brief, project, member, interface_language(member, brief), parent)

    async def keep(self, run: Run, nudge: asyncio.Event) -> None:
        """Renew until cancelled. Raises LeaseLost. `nudge` makes it look at once: somebody pressed Stop."""
        while True:
            try:
                async with asyncio.timeout(RENEW_EVERY_SECONDS):
                    await nudge.wait()
            except TimeoutError:
                pass  # nobody nudged: time to renew
            nudge.clear()
            try:
                async with self._store.transaction() as tx:
                    held = await tx.generations.renew(run.id, run.token, self._clock.now() + LEASE)
            except StoreUnavailable:
                # Writing goes on: what the attempt saves is fenced, and the next renewal may come in time.
                logger.warning("the lease could not be renewed: the database is away")
                continue
            if not held:
                raise LeaseLost

    async def give_back(self, run: Run) -> None:
        """Back to the queue, for another process to go on at once (this one is shutting down)."""
        async with self._store.transaction() as tx:
            current = await tx.generations.get(run.id)
            if current is not None and current.lease_token == run.token:
                await tx.generations.transition(run.id, expected_version=current.version, to=GenerationState.QUEUED)
