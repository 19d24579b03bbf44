"""What is done again and again, whoever starts it: the scheduler's job, or a worker that sees that nobody did.

Every action is harmless beside another run of itself: what it did stands on the rows, in the transaction that did it.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from loguru import logger

from bot.job_lease import JobLease
from services.assistant.ports import Clock
from services.queue.ports import PERIOD_SECONDS, JobName
from services.store.ports import Store

PATIENCE = 2
"""Periods without a run after which a worker does it itself: the scheduler, or Redis, is away."""

Action = Callable[[], Awaitable[int]]
"""Returns how much there was to do."""


class PeriodicWork:
    def __init__(self, store: Store, clock: Clock, actions: Mapping[JobName, Action], leases: JobLease) -> None:
        self._store = store
        self._clock = clock
        self._actions = actions
        self._leases = leases

    async def run(self, job: JobName) -> None:
        """Raises StoreUnavailable."""
        done = await self._actions[job]()
        if done:
            logger.info("{}: {}", job.value, done)
        async with self._store.transaction() as tx:
            await tx.notes.put(_key(job), {"at": self._clock.now().isoformat()})

    async def run_overdue(self) -> list[JobName]:
        """What nobody has done for two periods, by one process at a time. Raises StoreUnavailable, JobOvertaken."""
        done = []
        for job in self._actions:
            if await self._is_overdue(job):
                await self._leases.run(_key(job), partial(self.run, job))
                done.append(job)
        return done

    async def _is_overdue(self, job: JobName) -> bool:
        async with self._store.reading() as tx:
            last = await tx.notes.get(_key(job))
        if last is None:
            return True
        patience = timedelta(seconds=PERIOD_SECONDS[job] * PATIENCE)
        return self._clock.now() - datetime.fromisoformat(last["at"]) >= patience


def _key(job: JobName) -> str:
    return f"periodic:{job.value}"
