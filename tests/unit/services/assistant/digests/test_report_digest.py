"""Numbers of a digest on a ledger made by hand."""

from datetime import UTC, date, datetime

from services.assistant.budgets.team_days import TeamDays
from services.assistant.digests.report_digest import ReportDigest
from services.domain.budget import EVERY_ONE, Budget, BudgetKey, BudgetPeriod, BudgetScope, accounts_of
from services.domain.digest import DigestCadence, DigestDays, DigestPlan
from services.domain.usage import CallContext
from services.store.ports import Store
from tests.contract.test_store_spending import called, report
from tests.fakes.clock import ManualClock
from tests.store_rows import a_member

WEEK = DigestDays(DigestCadence.WEEKLY, date(2026, 3, 9), date(2026, 3, 16))
CLOCK = ManualClock(datetime(2026, 3, 16, 9, tzinfo=UTC))
PLAN = DigestPlan(DigestCadence.WEEKLY, 9, UTC)


async def test_a_week_is_compared_named_drawn_and_told_with_what_is_nearly_used(store: Store) -> None:
    anya, boris = await a_member(store), await a_member(store)
    for day, person, cost in ((2, anya, 1_000), (8, anya, 3_000), (9, boris, 5_000), (15, anya, 2_000), (16, anya, 77)):
        context = CallContext("idea", member_id=person.id)
        await called(store, context, report(cost), day=date(2026, 3, day), model="gpt-4.1" if day < 15 else "tiny")
    digest = await ReportDigest(store, TeamDays(CLOCK, UTC), PLAN)(WEEK)
    assert (digest.spent.counted_microusd, digest.before.counted_microusd) == (7_000, 4_000)
    assert [(one.key, one.spent.counted_microusd) for one in digest.people] == [
        (str(boris.id), 5_000),
        (str(anya.id), 2_000),
    ]
    assert [one.name for one in digest.models] == ["gpt-4.1", "tiny"]
    assert [(series.group and series.group.name, series.microusd) for series in digest.drawn.series] == [
        ("gpt-4.1", (5_000, 0, 0, 0, 0, 0, 0)),
        ("tiny", (0, 0, 0, 0, 0, 0, 2_000)),
    ]
    assert digest.forecast_microusd == 11_000 + 16 * 1_000, "the mean of seven full days for the sixteen that are left"
    assert (digest.budgets, digest.chosen.cadence) == ((), DigestCadence.WEEKLY)


async def test_a_day_is_drawn_with_the_week_that_it_ends(store: Store) -> None:
    await called(store, CallContext("idea"), report(10), day=date(2026, 3, 9))
    await called(store, CallContext("idea"), report(5), day=date(2026, 3, 15))
    day = DigestDays(DigestCadence.DAILY, date(2026, 3, 15), date(2026, 3, 16))
    digest = await ReportDigest(store, TeamDays(CLOCK, UTC), PLAN)(day)
    assert (digest.spent.counted_microusd, digest.before.counted_microusd) == (5, 0)
    assert digest.drawn.series[0].microusd == (10, 0, 0, 0, 0, 0, 5)


async def test_budgets_of_this_very_period_that_are_nearly_used(store: Store) -> None:
    anya, today = await a_member(store), date(2026, 3, 16)
    limits = {BudgetPeriod.MONTH: 1_000, BudgetPeriod.WEEK: 1_250, BudgetPeriod.TOTAL: 100_000}
    async with store.transaction() as tx:
        for period, limit in limits.items():
            await tx.budgets.set(Budget(BudgetKey(BudgetScope.MEMBER, anya.id, period), limit), None, today)
        await tx.budgets.set(Budget(BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.DAY), 4_000), None, today)
        accounts = accounts_of(CallContext("idea", member_id=anya.id), today)
        assert await tx.budgets.reserve(accounts, 1_000) is None
        await tx.budgets.settle(accounts, released_microusd=1_000, spent_microusd=1_000)
    digest = await ReportDigest(store, TeamDays(CLOCK, UTC), PLAN)(WEEK)
    told = [(sheet.key.period, sheet.account.spent_microusd, sheet.name) for sheet in digest.budgets]
    assert told == [(BudgetPeriod.MONTH, 1_000, anya.name), (BudgetPeriod.WEEK, 1_000, anya.name)]
