"""What the settings say holds until a person decides, and is told to the accounts that are open."""

from services.domain.budget import EVERY_ONE, Budget, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.usage import CallContext
from services.store.ports import Store
from tests.contract.test_store_budgets import DAY, EACH_DAY, TEAM_MONTH, left, of, reserve
from tests.store_rows import a_member


async def default(store: Store, limit: int | None, key: BudgetKey = EACH_DAY) -> bool:
    async with store.transaction() as tx:
        return await tx.budgets.set_default(key, limit, DAY)


async def test_a_default_is_written_once_and_follows_the_settings(store: Store) -> None:
    assert await reserve(store, CallContext("idea", member_id=1), 10) is None
    assert [await default(store, 500), await default(store, 500)] == [True, False]
    assert (await left(store, of(1)), await left(store, of(2))) == (490, 500)
    assert [await default(store, 700), await default(store, 700)] == [True, False]
    assert await left(store, of(1)) == 690
    assert [await default(store, None), await default(store, None)] == [True, False]
    assert await left(store, of(1)) is None
    assert await default(store, 0)
    assert await reserve(store, CallContext("idea", member_id=2), 1) == of(2)


async def test_what_an_administrator_decided_stays(store: Store) -> None:
    admin = (await a_member(store)).id
    assert await default(store, 500, TEAM_MONTH)
    async with store.transaction() as tx:
        await tx.budgets.set(Budget(TEAM_MONTH, 900), admin, DAY)
        await tx.budgets.free(EACH_DAY, admin, DAY)
    assert not await default(store, 100, TEAM_MONTH)
    assert not await default(store, 100)
    assert (await left(store, TEAM_MONTH), await left(store, of(1))) == (900, None)
    async with store.transaction() as tx:
        await tx.budgets.forget(TEAM_MONTH, DAY)
    assert await default(store, 100, TEAM_MONTH), "nobody has decided any more"
    assert await left(store, TEAM_MONTH) == 100


async def test_a_default_does_not_reach_those_with_a_budget_of_their_own(store: Store) -> None:
    admin = (await a_member(store)).id
    async with store.transaction() as tx:
        await tx.budgets.set(Budget(of(1), 40), admin, DAY)
    for member in (1, 2):
        assert await reserve(store, CallContext("idea", member_id=member), 10) is None
    assert await default(store, 500)
    assert [await left(store, of(member)) for member in (1, 2)] == [30, 490]
    kept = BudgetKey(BudgetScope.MEMBER, EVERY_ONE, BudgetPeriod.WEEK)
    assert await default(store, 5, kept), "another period is another budget"


async def test_a_group_that_became_a_supergroup_keeps_its_limit(store: Store) -> None:
    admin, old, new = (await a_member(store)).id, -7, -1007
    day, week = (BudgetKey(BudgetScope.CHAT, old, period) for period in (BudgetPeriod.DAY, BudgetPeriod.WEEK))
    there = BudgetKey(BudgetScope.CHAT, new, BudgetPeriod.WEEK)
    async with store.transaction() as tx:
        for key, limit in ((day, 40), (week, 50), (there, 60)):
            await tx.budgets.set(Budget(key, limit), admin, DAY)
        await tx.chats.move(old, new)
    assert await reserve(store, CallContext("idea", chat_id=new), 41) == BudgetKey(
        BudgetScope.CHAT, new, BudgetPeriod.DAY
    )
    assert await left(store, there) == 60, "what was set there is newer"
