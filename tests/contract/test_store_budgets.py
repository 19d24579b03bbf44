"""Money: reserved from every account or from none, settled once, on both engines."""

import asyncio
from datetime import UTC, date, datetime

import pytest

from services.domain.budget import EVERY_ONE, Budget, BudgetKey, BudgetPeriod, BudgetScope, accounts_of
from services.domain.errand import Errand
from services.domain.errors import BudgetExhausted, GenerationHalted
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import Store
from services.store.sql_ledger import SqlLedger
from tests.store_rows import NOW, a_member, a_project

DAY = date(2026, 3, 18)  # a Wednesday
TEAM_MONTH = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.MONTH)
EACH_DAY = BudgetKey(BudgetScope.MEMBER, EVERY_ONE, BudgetPeriod.DAY)


def of(member: int) -> BudgetKey:
    return BudgetKey(BudgetScope.MEMBER, member, BudgetPeriod.DAY)


def paid(cost: int | None, assumed: int = 0, outcome: CallOutcome = CallOutcome.OK) -> CallReport:
    return CallReport(outcome, Usage(10, 0, 10), cost, latency_ms=1, assumed_microusd=assumed)


async def limit(store: Store, key: BudgetKey, microusd: int, *, is_hard: bool = True, day: date = DAY) -> None:
    async with store.transaction() as tx:
        await tx.budgets.set(Budget(key, microusd, is_hard), None, day)


async def reserve(store: Store, context: CallContext, amount: int, day: date = DAY) -> BudgetKey | None:
    async with store.transaction() as tx:
        refused = await tx.budgets.reserve(accounts_of(context, day), amount)
        return refused.key if refused else None


async def left(store: Store, key: BudgetKey, day: date = DAY) -> int | None:
    async with store.reading() as tx:
        return (await tx.budgets.account(key, day)).left_microusd


async def test_a_reservation_must_fit_into_every_account(store: Store) -> None:
    await limit(store, TEAM_MONTH, 1000)
    await limit(store, EACH_DAY, 300)
    mine, yours = CallContext("idea", member_id=1, chat_id=-5, project_id=1), CallContext("idea", member_id=2)
    assert await reserve(store, mine, 300) is None
    assert await reserve(store, mine, 1) == of(1)
    assert (await left(store, TEAM_MONTH), await left(store, of(1))) == (700, 0)
    assert await reserve(store, yours, 300) is None
    await limit(store, of(2), 900)
    assert await reserve(store, yours, 401) == TEAM_MONTH
    assert await reserve(store, yours, 400) is None
    assert await left(store, of(2)) == 200


async def test_own_budgets_stand_for_those_of_every_one(store: Store) -> None:
    await limit(store, EACH_DAY, 100)
    await limit(store, of(1), 5000)
    async with store.transaction() as tx:
        await tx.budgets.free(of(2), None, DAY)
    assert [await left(store, of(member)) for member in (1, 2, 3)] == [5000, None, 100]
    for member in (1, 2, 3):
        assert await reserve(store, CallContext("idea", member_id=member), 50) is None
    await limit(store, EACH_DAY, 40)
    assert [await left(store, of(member)) for member in (1, 2, 3)] == [4950, None, -10]
    async with store.transaction() as tx:
        await tx.budgets.forget(of(1), DAY)
        await tx.budgets.forget(of(2), DAY)
        assert [budget.key for budget in await tx.budgets.budgets()] == [EACH_DAY]
    assert [await left(store, of(member)) for member in (1, 2, 3)] == [-10, -10, -10]


async def test_a_new_period_begins_with_nothing_spent(store: Store) -> None:
    await limit(store, EACH_DAY, 100)
    me = CallContext("idea", member_id=1)
    assert await reserve(store, me, 100) is None
    assert await reserve(store, me, 100) == of(1)
    assert await reserve(store, me, 100, date(2026, 3, 19)) is None


async def test_soft_budgets_and_grants(store: Store) -> None:
    await limit(store, EACH_DAY, 100, is_hard=False)
    me = CallContext("idea", member_id=1)
    assert await reserve(store, me, 250) is None
    assert await left(store, of(1)) == -150
    await limit(store, EACH_DAY, 100)
    assert await reserve(store, me, 1) == of(1)
    async with store.transaction() as tx:
        assert (await tx.budgets.grant(of(1), DAY, 200)).left_microusd == 50
        assert [account.key for account in await tx.budgets.open_accounts(DAY)] == [of(1)]
        assert [await tx.budgets.note(of(1), DAY, 80, NOW) for _ in range(2)] == [True, False]
    assert await reserve(store, me, 50) is None
    assert await left(store, of(1), date(2026, 3, 19)) == 100


async def test_fifty_at_once_with_money_for_three(store: Store) -> None:
    await limit(store, TEAM_MONTH, 3_000)
    contexts = [CallContext("idea", member_id=number % 7 + 1, chat_id=number % 3 + 1) for number in range(50)]
    answers = await asyncio.gather(*(reserve(store, context, 1_000) for context in contexts))
    assert sum(answer is None for answer in answers) == 3
    assert await left(store, TEAM_MONTH) == 0


async def test_the_ledger_reserves_counts_and_releases(store: Store) -> None:
    ledger, project = SqlLedger(store), await a_project(store)
    member = await a_member(store)
    today = datetime.now(UTC).date()
    await limit(store, TEAM_MONTH, 1000, day=today)
    context = CallContext("idea", member_id=member.id, project_id=project.id, chat_id=5)
    errand = Errand(context, "openai", "gpt-4.1", most_microusd=600)
    first = await ledger.start(errand)
    with pytest.raises(BudgetExhausted) as refused:
        await ledger.start(errand)
    assert refused.value.facts["scope"] == "team"
    assert refused.value.facts["limit"] == "0.00"
    await ledger.finish(first, paid(150))
    await ledger.finish(first, paid(999))
    assert await left(store, TEAM_MONTH, today) == 850
    lost = await ledger.start(errand)
    await ledger.finish(lost, paid(600, outcome=CallOutcome.LOST))
    assert await left(store, TEAM_MONTH, today) == 250
    await ledger.finish(lost, paid(100))
    assert await left(store, TEAM_MONTH, today) == 750
    unknown = await ledger.start(errand)
    await ledger.finish(unknown, paid(None, assumed=70))
    assert await left(store, TEAM_MONTH, today) == 680
    assumed_dearer = await ledger.start(errand)
    await ledger.finish(assumed_dearer, paid(None, assumed=70_000, outcome=CallOutcome.LOST))
    assert await left(store, TEAM_MONTH, today) == 80, "whoever reserved knew the price"
    await ledger.finish(assumed_dearer, paid(None, assumed=90_000))
    assert await left(store, TEAM_MONTH, today) == 80
    async with store.reading() as tx:
        assert (await tx.calls.totals()).calls == 4


async def test_nothing_leaves_where_generation_is_halted(store: Store) -> None:
    ledger, project = SqlLedger(store), await a_project(store)
    errand = Errand(CallContext("idea", project_id=project.id), "openai", "gpt-4.1")
    async with store.transaction() as tx:
        assert [await tx.halts.halt(project.id, None, NOW) for _ in range(2)] == [True, False]
        assert await tx.halts.halted() == {project.id}
    with pytest.raises(GenerationHalted):
        await ledger.start(errand)
    await ledger.start(Errand(CallContext("idea"), "openai", "gpt-4.1"))
    async with store.transaction() as tx:
        assert await tx.halts.lift(project.id)
        assert not await tx.halts.lift(project.id)
        await tx.halts.halt(0, None, NOW)
    with pytest.raises(GenerationHalted):
        await ledger.start(Errand(CallContext("idea"), "openai", "gpt-4.1"))
