"""Jobs that only one process may do: one holder, and a token that fences those who held before."""

import asyncio
from datetime import timedelta

from services.store.ports import Store
from tests.store_rows import NOW

LATER = NOW + timedelta(seconds=30)


async def test_many_ask_and_one_gets_it(store: Store) -> None:
    async def take(owner: str) -> int | None:
        async with store.transaction() as tx:
            return await tx.job_leases.take("progress", owner, LATER, NOW)

    tokens = await asyncio.gather(*(take(f"worker-{number}") for number in range(20)))
    assert [token for token in tokens if token is not None] == [1]


async def test_leases_of_different_names_do_not_disturb_each_other(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.job_leases.take("ingest:1", "a", LATER, NOW) == 1
        assert await tx.job_leases.take("ingest:2", "b", LATER, NOW) == 1
        assert await tx.job_leases.renew("ingest:1", 1, LATER + timedelta(days=1))
        assert await tx.job_leases.take("ingest:2", "c", LATER, LATER) == 2


async def test_a_lease_that_ran_out_is_taken_over_and_fences_its_former_owner(store: Store) -> None:
    async with store.transaction() as tx:
        leases = tx.job_leases
        first = await leases.take("progress", "first", LATER, NOW)
        assert first == 1
        assert await leases.renew("progress", first, LATER + timedelta(seconds=10))
        assert await leases.take("progress", "second", LATER, LATER) is None
        assert await leases.holds("progress", first)
        much_later = LATER + timedelta(seconds=10)
        second = await leases.take("progress", "second", much_later + timedelta(seconds=30), much_later)
        assert second == 2
        assert not await leases.holds("progress", first)
        assert not await leases.renew("progress", first, much_later + timedelta(days=1))
        await leases.release("progress", first)
        assert await leases.holds("progress", second)


async def test_a_released_lease_is_free_at_once_and_its_token_still_grows(store: Store) -> None:
    async with store.transaction() as tx:
        leases = tx.job_leases
        first = await leases.take("progress", "first", LATER, NOW)
        assert first is not None
        await leases.release("progress", first)
        assert not await leases.holds("progress", first)
        assert not await leases.renew("progress", first, LATER)
        assert await leases.take("progress", "second", LATER, NOW) == 2


async def test_the_holder_is_told_until_the_lease_is_given_back(store: Store) -> None:
    async with store.transaction() as tx:
        leases = tx.job_leases
        assert await leases.holder("progress") is None
        assert await leases.take("progress", "first", LATER, NOW) == 1
        assert await leases.holder("progress") == ("first", 1)
        assert await leases.take("progress", "second", LATER, LATER) == 2
        assert await leases.holder("progress") == ("second", 2)
        await leases.release("progress", 2)
        assert await leases.holder("progress") is None


async def test_an_owner_that_was_late_keeps_what_nobody_took(store: Store) -> None:
    async with store.transaction() as tx:
        token = await tx.job_leases.take("progress", "first", LATER, NOW)
        assert token is not None
    async with store.transaction() as tx:
        assert await tx.job_leases.renew("progress", token, LATER + timedelta(minutes=1))
        assert await tx.job_leases.take("progress", "second", LATER, LATER + timedelta(seconds=59)) is None


async def test_nobody_holds_what_was_never_taken(store: Store) -> None:
    async with store.transaction() as tx:
        assert not await tx.job_leases.holds("progress", 1)
        assert not await tx.job_leases.renew("progress", 1, LATER)
