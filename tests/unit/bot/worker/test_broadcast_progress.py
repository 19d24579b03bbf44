"""Several processes watch the announcements; one of them shows."""

import asyncio
from datetime import UTC, datetime, timedelta

from bot.broadcast_progress import LEASE_NAME, BroadcastProgress
from bot.clock import SystemClock
from bot.job_lease import JobLease
from services.assistant.report_broadcasts import Progress, ReportBroadcasts
from services.domain.broadcast import Audience, Broadcast
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from services.domain.errors import StoreUnavailable
from services.store.ports import Store
from services.store.sql_store import SqlStore
from tests.store_rows import a_member
from tests.unit.bot.waiting import until

HOME = ChatAddress(7, None, 71)


class Screen:
    def __init__(self) -> None:
        self.shown: list[Progress] = []
        self.refuses = False
        self.forgotten = asyncio.Event()

    async def show(self, progress: Progress) -> bool:
        self.shown.append(progress)
        return not self.refuses

    def forget(self, broadcast_id: int) -> None:
        self.forgotten.set()


def watcher(store: Store, screen: Screen) -> BroadcastProgress:
    lease = JobLease(store, lease=timedelta(seconds=30))
    return BroadcastProgress(
        ReportBroadcasts(store, SystemClock()), screen, lease, show_seconds=0.001, look_seconds=0.001
    )


async def a_running_one(store: Store) -> Broadcast:
    author = await a_member(store)
    async with store.transaction() as tx:
        draft = await tx.broadcasts.add(author.id, HOME, Audience.MEMBERS)
        row = NewDelivery(DeliveryKind.BROADCAST, ChatAddress(8), "b:8", broadcast_id=draft.id)
        await tx.deliveries.add(row)
        started = await tx.broadcasts.start(draft.id, HOME, 1, datetime.now(UTC))
    assert started is not None
    return started


async def everybody_got_it(store: Store) -> None:
    async with store.transaction() as tx:
        (row,) = await tx.deliveries.claim_due(datetime.now(UTC))
        await tx.deliveries.settle(row.id, row.attempts, DeliveryState.SENT)


async def test_one_of_two_shows_and_the_other_takes_over(sqlite_store: SqlStore) -> None:
    running = await a_running_one(sqlite_store)
    screens = [Screen(), Screen()]
    stops = [asyncio.Event(), asyncio.Event()]
    async with asyncio.TaskGroup() as group:
        for screen, stop in zip(screens, stops, strict=True):
            group.create_task(watcher(sqlite_store, screen).run(stop))
        await until(lambda: max(len(screen.shown) for screen in screens) > 5, "some progress")
        assert min(len(screen.shown) for screen in screens) == 0
        at_work = screens.index(max(screens, key=lambda screen: len(screen.shown)))
        stops[at_work].set()
        other = screens[1 - at_work]
        await until(lambda: len(other.shown) > 5, "the other one's progress")
        await everybody_got_it(sqlite_store)
        await until(lambda: bool(other.shown) and other.shown[-1].report.is_over, "the end")
        async with asyncio.timeout(10):
            await other.forgotten.wait()
        stops[1 - at_work].set()
    async with sqlite_store.transaction() as tx:
        done = await tx.broadcasts.get(running.id)
        now = datetime.now(UTC)
        assert await tx.job_leases.take(LEASE_NAME, "next", now, now) is not None, "given back"
    assert done is not None
    assert done.finished_at is not None


async def test_an_end_that_was_not_shown_is_not_written_down(sqlite_store: SqlStore) -> None:
    await a_running_one(sqlite_store)
    await everybody_got_it(sqlite_store)
    screen, stop = Screen(), asyncio.Event()
    screen.refuses = True
    async with asyncio.TaskGroup() as group:
        group.create_task(watcher(sqlite_store, screen).run(stop))
        await until(lambda: len(screen.shown) > 3, "some attempts")
        assert len(await ReportBroadcasts(sqlite_store, SystemClock()).unfinished()) == 1
        screen.refuses = False
        async with asyncio.timeout(10):
            await screen.forgotten.wait()
        stop.set()


async def test_a_database_that_is_away_is_waited_for(sqlite_store: SqlStore) -> None:
    class Troubled(ReportBroadcasts):
        troubles = 3

        async def unfinished(self):  # type: ignore[no-untyped-def]
            self.troubles -= 1
            if self.troubles >= 0:
                raise StoreUnavailable
            return await super().unfinished()

    await a_running_one(sqlite_store)
    screen, stop = Screen(), asyncio.Event()
    reports = Troubled(sqlite_store, SystemClock())
    lease = JobLease(sqlite_store)
    progress = BroadcastProgress(reports, screen, lease, show_seconds=0.001, look_seconds=0.001)
    async with asyncio.TaskGroup() as group:
        group.create_task(progress.run(stop))
        await until(lambda: len(screen.shown) > 1, "progress after the trouble")
        stop.set()
