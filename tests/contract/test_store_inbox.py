"""The inbox: an update once, its lane in order, one process at a time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.store.ports import Store, StoredUpdate, Transaction
from tests.store_rows import NOW

LEASE = timedelta(seconds=30)
BOT = 1


def row(update_id: int, lane: int = 7) -> tuple[int, int, str]:
    return update_id, lane, "{}"


async def claim(tx: Transaction, owner: str, seconds: float = 0, limit: int = 200) -> list[int]:
    now = NOW + timedelta(seconds=seconds)
    return ids(await tx.inbox.claim(BOT, owner, now=now, until=now + LEASE, limit=limit))


def ids(rows: Sequence[StoredUpdate]) -> list[int]:
    return [one.update_id for one in rows]


async def test_an_update_is_kept_once_per_bot(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.inbox.add(BOT, [(10, -5, '{"text": "привет"}'), row(11), (10, -5, "{}")]) == 2
        assert await tx.inbox.add(BOT, []) == 0
    async with store.transaction() as tx:
        assert await tx.inbox.add(BOT, [row(11), row(12), row(9)]) == 2
        assert await tx.inbox.add(2, [row(10)]) == 1
    async with store.reading() as tx:
        rows = await tx.inbox.pending(BOT)
        assert ids(rows) == [10, 11, 12, 9]
        assert (rows[0].body, rows[0].lane, rows[0].attempts) == ('{"text": "привет"}', -5, 0)
        assert await tx.inbox.pending(BOT, limit=2) == rows[:2]
        assert len(await tx.inbox.pending(2)) == 1


async def test_a_large_batch_keeps_its_order(store: Store) -> None:
    updates = [(update_id, update_id % 7, f'{{"n": {update_id}}}') for update_id in range(1, 1501)]
    async with store.transaction() as tx:
        assert await tx.inbox.add(BOT, updates) == 1500
        claimed = await tx.inbox.claim(BOT, "a", now=NOW, until=NOW + LEASE, limit=2000)
    assert [(one.update_id, one.lane, one.body) for one in claimed] == updates


async def test_the_same_batch_from_two_receivers_is_stored_once(store: Store) -> None:
    async def receive() -> int:
        async with store.transaction() as tx:
            return await tx.inbox.add(BOT, [row(update_id, 1) for update_id in range(50)])

    assert sum(await asyncio.gather(*(receive() for _ in range(4)))) == 50


async def test_a_row_has_one_owner_until_its_lease_runs_out(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.inbox.add(BOT, [row(1, 1), row(2, 2)])
        assert await claim(tx, "a", limit=1) == [1]
        assert await tx.inbox.has_free(BOT, NOW)
        assert await claim(tx, "b") == [2]
        assert not await tx.inbox.has_free(BOT, NOW)
        assert await claim(tx, "b", seconds=29) == []
        assert await tx.inbox.owners(BOT) == {"a", "b"}
    async with store.transaction() as tx:
        known = [one.row_id for one in await tx.inbox.pending(BOT)]
        assert await tx.inbox.renew("a", known, NOW + timedelta(seconds=60)) == {known[0]}
        assert await tx.inbox.renew("a", [], NOW) == frozenset()
        assert await claim(tx, "c", seconds=31) == [2]
        assert await tx.inbox.renew("b", known, NOW + timedelta(seconds=90)) == frozenset()
        (one, two) = await tx.inbox.pending(BOT)
        assert (one.attempts, two.attempts) == (1, 2)


async def test_a_lane_is_never_split_between_two_processes(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.inbox.add(BOT, [row(1, 7), row(2, 8)])
        assert await claim(tx, "a", limit=1) == [1]
        await tx.inbox.add(BOT, [row(3, 7), row(4, 8), row(5, 9)])
        assert await claim(tx, "b") == [2, 4, 5], "lane 7 belongs to a, until its first update is done"
        assert await claim(tx, "a") == [3]
    async with store.transaction() as tx:
        await tx.inbox.add(BOT, [row(6, 7)])
        for one in await tx.inbox.pending(BOT):
            if one.update_id in (1, 3):
                await tx.inbox.done(one.row_id)
        assert await claim(tx, "b") == [6]


async def test_what_a_dead_process_held_is_free_at_once(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.inbox.add(BOT, [row(1, 1), row(2, 2)])
        await claim(tx, "dead")
        assert await tx.inbox.disown(BOT, "dead") == 2
        assert await claim(tx, "alive") == [1, 2]


async def test_receivers_that_claim_together_share_without_overlap_and_in_order(store: Store) -> None:
    taken: dict[str, list[StoredUpdate]] = {"a": [], "b": [], "c": []}

    async def receive(owner: str, first: int) -> None:
        for update_id in range(first, 60, 3):
            async with store.transaction() as tx:
                await tx.inbox.add(BOT, [row(update_id, update_id % 5)])
                rows = await tx.inbox.claim(BOT, owner, now=NOW, until=NOW + LEASE, limit=4)
            taken[owner] += rows

    await asyncio.gather(*(receive(owner, first) for first, owner in enumerate(taken)))
    everything = [one for rows in taken.values() for one in rows]
    assert sorted(ids(everything)) == sorted(set(ids(everything)))
    owner_of_lane: dict[int, str] = {}
    for owner, rows in taken.items():
        for one in rows:
            assert owner_of_lane.setdefault(one.lane, owner) == owner
        assert [one.row_id for one in rows] == sorted(one.row_id for one in rows)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["add", "claim", "done", "die"]), st.sampled_from("ab"), st.integers(0, 2)),
        max_size=30,
    )
)
async def test_no_history_of_claims_splits_or_reorders_a_lane(
    sqlite_store: Store, steps: list[tuple[str, str, int]]
) -> None:
    bot, held, number, clock = hash(tuple(steps)) % 10**9 + 2, dict[str, list[StoredUpdate]](a=[], b=[]), 0, NOW
    finished: dict[int, list[int]] = {}
    for step, owner, lane in steps:
        async with sqlite_store.transaction() as tx:
            if step == "add":
                number += 1
                await tx.inbox.add(bot, [row(number, lane)])
            elif step == "claim":
                held[owner] += await tx.inbox.claim(bot, owner, now=clock, until=clock + LEASE)
            elif step == "die":
                await tx.inbox.disown(bot, owner)
                held[owner].clear()
            elif held[owner]:
                one = held[owner].pop(0)
                await tx.inbox.done(one.row_id)
                finished.setdefault(one.lane, []).append(one.update_id)
        lanes = [{one.lane for one in rows} for rows in held.values()]
        assert not lanes[0] & lanes[1]
    for lane, numbers in finished.items():
        assert numbers == sorted(numbers), lane
    async with sqlite_store.transaction() as tx:  # the next example must find an empty inbox of its own
        for one in await tx.inbox.pending(bot):
            await tx.inbox.done(one.row_id)


async def test_updates_that_are_done_are_purged_later(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.inbox.add(BOT, [row(1), row(2)])
        first, second = await tx.inbox.claim(BOT, "a", now=NOW, until=NOW + LEASE)
        await tx.inbox.done(first.row_id)
        assert ids(await tx.inbox.pending(BOT)) == [2]
        await tx.inbox.done(second.row_id, "internal")
        assert await tx.inbox.pending(BOT) == []
        assert await tx.inbox.purge(NOW - timedelta(days=20_000)) == 0
        assert await tx.inbox.purge(NOW + timedelta(days=20_000)) == 2
        await tx.inbox.add(BOT, [row(3)])
        (later,) = await tx.inbox.pending(BOT)
    assert later.row_id > second.row_id
