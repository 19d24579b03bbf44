"""A group that becomes a supergroup takes along what it has spent, and calls under way are settled once."""

from services.domain.budget import Account, Budget, BudgetKey, BudgetPeriod, BudgetScope
from services.domain.chat import ChatKind
from services.domain.errand import Errand
from services.domain.spending import SpendingFilter, SpendingGroup
from services.domain.usage import CallContext
from services.store.ports import Store
from services.store.sql_ledger import SqlLedger
from tests.contract.test_store_spending import MONDAY, report
from tests.store_rows import a_brief, a_member, a_project

OLD, NEW = -5_000_001, -1_005_000_001


def month(chat_id: int) -> BudgetKey:
    return BudgetKey(BudgetScope.CHAT, chat_id, BudgetPeriod.MONTH)


async def spends(store: Store, context: CallContext, microusd: int) -> None:
    async with store.transaction() as tx:
        call = await tx.calls.start(Errand(context, "openai", "smart"), MONDAY)
        settled = await tx.calls.finish(call, report(microusd))
        assert settled is not None
        places = [(month(context.chat_id or 0), MONDAY.replace(day=1))]
        await tx.budgets.reserve(places, 0)
        await tx.budgets.settle(places, released_microusd=0, spent_microusd=settled.spent_microusd)


async def account(store: Store, chat_id: int) -> Account:
    async with store.reading() as tx:
        return await tx.budgets.account(month(chat_id), MONDAY)


async def moves(store: Store) -> bool:
    async with store.transaction() as tx:
        return await tx.chats.move(OLD, NEW)


async def test_what_a_group_has_spent_goes_with_it_and_is_added_to_what_the_new_one_has(store: Store) -> None:
    project, anya = await a_project(store), await a_member(store)
    brief = await a_brief(store, member=anya, chat_id=OLD)
    async with store.transaction() as tx:
        await tx.chats.ensure(OLD, ChatKind.GROUP, "Команда", project.id)
        await tx.budgets.set(Budget(month(OLD), 1_000), anya.id, MONDAY)
    await spends(store, CallContext("idea", member_id=anya.id, chat_id=OLD, brief_id=brief.id), 300)
    await spends(store, CallContext("idea", member_id=anya.id, chat_id=OLD), 20)
    await spends(store, CallContext("idea", member_id=anya.id, chat_id=NEW), 50)
    async with store.transaction() as tx:
        await tx.budgets.grant(month(OLD), MONDAY.replace(day=1), 70)
    assert await moves(store)
    there = await account(store, NEW)
    assert (there.spent_microusd, there.extra_microusd, there.limit_microusd) == (370, 70, 1_000)
    assert (await account(store, OLD)).spent_microusd == 0
    async with store.reading() as tx:
        chats = await tx.spending.by(SpendingGroup.CHAT)
        assert [(one.key, one.spent.calls, one.spent.counted_microusd) for one in chats] == [(str(NEW), 3, 370)]
        dearest = await tx.spending.dearest(5, SpendingFilter(chat_id=NEW))
        assert [one.microusd for one in dearest] == [300]
    assert not await moves(store)
    assert (await account(store, NEW)).spent_microusd == 370


async def test_a_call_under_way_is_released_where_it_was_reserved(store: Store) -> None:
    anya, ledger = await a_member(store), SqlLedger(store)
    async with store.transaction() as tx:
        await tx.budgets.set(Budget(month(OLD), 1_000), anya.id, MONDAY)
    context = CallContext("idea", member_id=anya.id, chat_id=OLD)
    call = await ledger.start(Errand(context, "openai", "smart", most_microusd=400))
    await moves(store)
    await ledger.finish(call, report(100))
    async with store.reading() as tx:
        day = (await tx.spending.by_day())[0].day
        accounts = [await tx.budgets.account(month(chat), day) for chat in (OLD, NEW)]
    assert [one.reserved_microusd for one in accounts] == [0, 0]
    assert sum(one.spent_microusd for one in accounts) == 100
