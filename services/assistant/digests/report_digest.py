"""What one digest says, read when it is sent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from services.assistant.budgets.sheet import BudgetSheet, sheet_of
from services.assistant.budgets.team_days import TeamDays
from services.assistant.digests.chosen import ChosenDigest, chosen_digest
from services.assistant.report_spending import SpendingReport, added_up, forecast_of, groups_of, series_of
from services.domain.budget import Account, BudgetPeriod
from services.domain.digest import DigestDays, DigestPlan
from services.domain.spending import GroupSpent, SpendingFilter, SpendingGroup, Spent
from services.domain.spending_days import SpendingPeriod, steps_between
from services.store.ports import Store, Transaction

DAYS_DRAWN = 7
NEARLY_USED = 80
"""Per cent of a limit."""
MOST_BUDGETS = 5


@dataclass(frozen=True, slots=True)
class SpendingDigest:
    days: DigestDays
    spent: Spent
    before: Spent
    """In as many days before these."""
    forecast_microusd: int | None
    """Of the calendar month in which the digest is sent."""
    people: tuple[GroupSpent, ...]
    """Of these days, the dearest first; so are the next two."""
    projects: tuple[GroupSpent, ...]
    models: tuple[GroupSpent, ...]
    budgets: tuple[BudgetSheet, ...]
    """Of which `NEARLY_USED` per cent and more are gone by now, the fullest first."""
    drawn: SpendingReport
    """The week that ends with these days, by model."""
    chosen: ChosenDigest


class ReportDigest:
    def __init__(self, store: Store, days: TeamDays, plan: DigestPlan) -> None:
        self._store = store
        self._days = days
        self._plan = plan

    async def __call__(self, days: DigestDays) -> SpendingDigest:
        which = SpendingFilter(days.since, days.until)
        until_then = SpendingFilter(until=days.until)
        async with self._store.reading() as tx:
            known_since = await tx.spending.first_day(until_then) or days.until
            return SpendingDigest(
                days=days,
                spent=await tx.spending.totals(which),
                before=await tx.spending.totals(SpendingFilter(days.before, days.since)),
                forecast_microusd=await forecast_of(tx, until_then, days.until, known_since),
                people=tuple(await tx.spending.by(SpendingGroup.PERSON, which)),
                projects=tuple(await tx.spending.by(SpendingGroup.PROJECT, which)),
                models=tuple(await tx.spending.by(SpendingGroup.MODEL, which)),
                budgets=await self._nearly_used(tx),
                drawn=await _drawn(tx, days),
                chosen=await chosen_digest(tx, self._plan),
            )

    async def _nearly_used(self, tx: Transaction) -> tuple[BudgetSheet, ...]:
        full = [one for one in await tx.budgets.open_accounts(self._days.today()) if used_percent(one) >= NEARLY_USED]
        fullest: Sequence[Account] = sorted(full, key=used_percent, reverse=True)[:MOST_BUDGETS]
        return tuple([await sheet_of(tx, account) for account in fullest])


def used_percent(account: Account) -> int:
    """Of the limit with what was granted; 0 where there is none."""
    return account.spent_microusd * 100 // account.allowed_microusd if account.allowed_microusd else 0


async def _drawn(tx: Transaction, days: DigestDays) -> SpendingReport:
    since = days.until - timedelta(days=DAYS_DRAWN)
    found = tuple(await tx.spending.stacked(SpendingGroup.MODEL, SpendingFilter(since, days.until)))
    groups = await groups_of(tx, SpendingGroup.MODEL, found)
    steps = steps_between(since, days.last, BudgetPeriod.DAY)
    return SpendingReport(
        period=SpendingPeriod.WEEK,
        group=SpendingGroup.MODEL,
        of_team=True,
        since=since,
        today=days.last,
        step=BudgetPeriod.DAY,
        steps=steps,
        totals=added_up(groups),
        groups=groups,
        series=series_of(groups, found, steps, BudgetPeriod.DAY),
        days=found,
        forecast_microusd=None,
        approved=0,
        dearest=(),
    )
