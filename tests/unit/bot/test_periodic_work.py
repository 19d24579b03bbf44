"""Periodic work is done by somebody: the scheduler's jobs, or a worker that sees that nobody did."""

import asyncio
from collections import Counter

import pytest

from bot.job_lease import JobLease
from bot.periodic_sweep import sweep_periodic
from bot.periodic_work import PeriodicWork
from services.domain.errors import StoreUnavailable
from services.queue.ports import JobName
from services.store.sql_store import SqlStore
from tests.fakes.clock import ManualClock
from tests.unit.bot.waiting import until


class Actions:
    def __init__(self) -> None:
        self.done: Counter[JobName] = Counter()
        self.fails = False

    async def remind(self) -> int:
        return self._note(JobName.REMIND_REVIEWS)

    async def purge(self) -> int:
        return self._note(JobName.PURGE_OLD_ROWS)

    def _note(self, job: JobName) -> int:
        if self.fails:
            raise StoreUnavailable
        self.done[job] += 1
        return 1


@pytest.fixture
def actions() -> Actions:
    return Actions()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def work(store: SqlStore, clock: ManualClock, actions: Actions) -> PeriodicWork:
    made = {JobName.REMIND_REVIEWS: actions.remind, JobName.PURGE_OLD_ROWS: actions.purge}
    return PeriodicWork(store, clock, made, JobLease(store))


async def test_what_a_job_has_just_done_is_not_overdue(
    work: PeriodicWork, actions: Actions, clock: ManualClock
) -> None:
    await work.run(JobName.REMIND_REVIEWS)
    await work.run(JobName.PURGE_OLD_ROWS)
    clock.advance(minutes=9)
    assert await work.run_overdue() == []
    clock.advance(minutes=1)
    assert await work.run_overdue() == [JobName.REMIND_REVIEWS], "two periods of five minutes"
    clock.advance(hours=2)
    assert await work.run_overdue() == [JobName.REMIND_REVIEWS, JobName.PURGE_OLD_ROWS]
    assert actions.done == {JobName.REMIND_REVIEWS: 3, JobName.PURGE_OLD_ROWS: 2}


async def test_a_failure_is_tried_again_at_the_next_look(work: PeriodicWork, actions: Actions) -> None:
    actions.fails = True
    with pytest.raises(StoreUnavailable):
        await work.run_overdue()
    actions.fails = False
    assert len(await work.run_overdue()) == 2


async def test_the_sweep_goes_on_after_a_trouble(work: PeriodicWork, actions: Actions, clock: ManualClock) -> None:
    class Tools:
        periodic = work

    actions.fails = True
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        group.create_task(sweep_periodic(Tools(), stop, every_seconds=0.01))  # type: ignore[arg-type]
        await asyncio.sleep(0)
        actions.fails = False
        await until(lambda: actions.done.total() == 2, "the first round")

        def two_rounds_later() -> bool:
            clock.advance(hours=3)
            return actions.done.total() >= 6

        await until(two_rounds_later, "the next rounds")
        stop.set()
