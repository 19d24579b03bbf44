"""Writes of the outbox share transactions, and each caller hears its own answer."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.outbox import StoreOutbox
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState, NewDelivery
from services.domain.errors import StoreUnavailable
from services.store.sql_store import SqlStore, SqlTransaction
from tests.store_rows import NOW


class CountingStore(SqlStore):
    commits = 0
    gate: asyncio.Event | None = None
    """The next transaction waits for it."""
    trouble: Exception | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        if self.gate is not None:
            gate, self.gate = self.gate, None
            await gate.wait()
        if self.trouble is not None:
            trouble, self.trouble = self.trouble, None
            raise trouble
        async with super().transaction() as tx:
            yield tx
        self.commits += 1


@pytest.fixture
def counting(sqlite_store: SqlStore) -> CountingStore:
    return CountingStore(sqlite_store._engine)


async def claimed(store: SqlStore, count: int) -> list[Delivery]:
    async with store.transaction() as tx:
        for chat in range(1, count + 1):
            await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(chat), f"k{chat}"))
        return list(await tx.deliveries.claim_due(NOW, count))


async def test_writes_that_come_during_a_commit_share_the_next_one(counting: CountingStore) -> None:
    rows = await claimed(counting, 20)
    outbox = StoreOutbox(counting, linger=0.0)
    counting.gate, before = asyncio.Event(), counting.commits
    gate = counting.gate
    async with asyncio.TaskGroup() as group:
        leaving = [group.create_task(outbox.leave(row.id, row.attempts + row.id % 2, NOW)) for row in rows]
        await asyncio.sleep(0)
        gate.set()
    assert counting.commits - before <= 2
    assert [task.result() for task in leaving] == [row.id % 2 == 0 for row in rows], "each its own answer"


async def test_a_commit_that_fails_fails_for_all_that_shared_it_and_for_nobody_else(counting: CountingStore) -> None:
    rows = await claimed(counting, 3)
    outbox = StoreOutbox(counting, linger=0.0)
    counting.trouble = StoreUnavailable("locked")
    answers = await asyncio.gather(
        *(outbox.leave(row.id, row.attempts, NOW) for row in rows[:1]), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [StoreUnavailable]
    assert await outbox.leave(rows[1].id, rows[1].attempts, NOW)


async def test_who_is_cancelled_while_committing_for_others_does_not_take_their_writes_along(
    counting: CountingStore,
) -> None:
    first, second, third = await claimed(counting, 3)
    outbox = StoreOutbox(counting, linger=0.0)
    counting.gate = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        leader, *others = [group.create_task(outbox.leave(row.id, row.attempts, NOW)) for row in (first, second, third)]
        await asyncio.sleep(0.01)
        leader.cancel()
    assert leader.cancelled()
    assert [other.result() for other in others] == [True, True]
    async with counting.transaction() as tx:
        await tx.deliveries.release_stuck(NOW.replace(year=NOW.year + 1))
        counts = await tx.deliveries.counts()
    assert (counts[DeliveryState.NEW], counts[DeliveryState.UNCERTAIN]) == (1, 2)


async def test_an_outcome_waits_for_company_and_not_longer(counting: CountingStore) -> None:
    first, second = await claimed(counting, 2)
    outbox = StoreOutbox(counting, linger=0.05)
    before = counting.commits
    async with asyncio.TaskGroup() as group:
        settling = group.create_task(outbox.settle(first.id, first.attempts, DeliveryState.SENT))
        await asyncio.sleep(0)
        leaving = group.create_task(outbox.leave(second.id, second.attempts, NOW))
    assert (settling.result(), leaving.result()) == (True, True)
    assert counting.commits - before == 1
    assert await outbox.settle(second.id, second.attempts, DeliveryState.SENT)
