"""What was spent: admins see the whole team, everybody sees their own."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from services.assistant.digests.chosen import ChosenDigest, chosen_digest
from services.assistant.ports import Clock
from services.domain.budget import BudgetPeriod, start_of
from services.domain.digest import DigestPlan
from services.domain.member import Member
from services.domain.spending import (
    DearRequest,
    GroupDay,
    GroupSpent,
    SpendingFilter,
    SpendingGroup,
    Spent,
)
from services.domain.spending_days import FULL_DAYS, SpendingPeriod, first_day, forecast, step_for, steps_between
from services.store.ports import Store, Transaction

SERIES = 6
"""Groups with a colour of their own; the rest is added up."""
DEAREST = 5


@dataclass(frozen=True, slots=True)
class SpendingSeries:
    group: GroupSpent | None
    """None: all groups that have no series of their own."""
    microusd: tuple[int, ...]
    """As the budgets count, one a step."""


@dataclass(frozen=True, slots=True)
class SpendingReport:
    period: SpendingPeriod
    group: SpendingGroup
    of_team: bool
    """False: of one person."""
    since: date
    today: date
    step: BudgetPeriod
    steps: tuple[date, ...]
    """First days of the columns."""
    totals: Spent
    groups: tuple[GroupSpent, ...]
    """The dearest first."""
    series: tuple[SpendingSeries, ...]
    days: tuple[GroupDay, ...]
    forecast_microusd: int | None
    """Of this calendar month; None where nothing is known of a full day."""
    approved: int
    """Drafts approved in these days."""
    dearest: tuple[DearRequest, ...]
    digest: ChosenDigest | None = None
    """How often administrators are told without asking; None for everybody else."""


class ReportSpending:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        zone: tzinfo,
        plan: DigestPlan | None = None,
        get_ready: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`zone`: in which days begin. `get_ready`: called first, for whoever will draw the report."""
        self._store = store
        self._clock = clock
        self._zone = zone
        self._plan = plan
        self._get_ready = get_ready

    async def __call__(
        self, member: Member, period: SpendingPeriod, group: SpendingGroup, *, to_draw: bool = True
    ) -> SpendingReport:
        """A member who is no admin is told of models in place of people."""
        if to_draw and self._get_ready is not None:
            await self._get_ready()
        of_team = member.may_administer
        if group is SpendingGroup.DAY or (group is SpendingGroup.PERSON and not of_team):
            group = SpendingGroup.MODEL
        today = self._clock.now().astimezone(self._zone).date()
        since = first_day(period, today)
        whose = SpendingFilter(member_id=None if of_team else member.id, until=today + timedelta(days=1))
        which = replace(whose, since=since)
        async with self._store.reading() as tx:
            known_since = await tx.spending.first_day(whose) or today
            days = tuple(await tx.spending.stacked(group, which))
            groups = await groups_of(tx, group, days)
            since = since or known_since
            step = step_for(since, today)
            steps = steps_between(since, today, step)
            return SpendingReport(
                period=period,
                group=group,
                of_team=of_team,
                since=since,
                today=today,
                step=step,
                steps=steps,
                totals=added_up(groups),
                groups=groups,
                series=series_of(groups, days, steps, step),
                days=days,
                forecast_microusd=await forecast_of(tx, whose, today, known_since),
                approved=await tx.spending.approved(self._midnight(which.since), whose.member_id),
                dearest=tuple(await tx.spending.dearest(DEAREST, replace(which, until=None))),
                digest=await chosen_digest(tx, self._plan) if of_team and self._plan is not None else None,
            )

    def _midnight(self, day: date | None) -> datetime | None:
        return None if day is None else datetime.combine(day, time(), self._zone)


async def forecast_of(tx: Transaction, whose: SpendingFilter, today: date, known_since: date) -> int | None:
    since = min(today.replace(day=1), today - timedelta(days=FULL_DAYS))
    days = await tx.spending.by(SpendingGroup.DAY, replace(whose, since=since))
    return forecast({date.fromisoformat(one.key): one.spent.counted_microusd for one in days}, today, known_since)


async def groups_of(tx: Transaction, group: SpendingGroup, days: Sequence[GroupDay]) -> tuple[GroupSpent, ...]:
    """Added up here: the days' sums are a few thousand, and the engine has read the ledger for them once."""
    sums: dict[str, Spent] = {}
    for one in days:
        sums[one.key] = sums.get(one.key, Spent()) + one.spent
    names = await tx.spending.names(group, sums)
    found = (GroupSpent(key, names[key], spent) for key, spent in sums.items())
    return tuple(sorted(found, key=lambda one: (-one.spent.counted_microusd, -one.spent.calls, one.key)))


def added_up(groups: Sequence[GroupSpent]) -> Spent:
    return sum((group.spent for group in groups), Spent())


def series_of(
    groups: Sequence[GroupSpent], days: Sequence[GroupDay], steps: Sequence[date], step: BudgetPeriod
) -> tuple[SpendingSeries, ...]:
    """Groups that cost nothing have none. A single group too many has its own colour rather than being "the rest"."""
    paid = [group for group in groups if group.spent.counted_microusd > 0]
    named = paid if len(paid) == SERIES + 1 else paid[:SERIES]
    place = {day: number for number, day in enumerate(steps)}
    row = {group.key: number for number, group in enumerate(named)}
    sums = [[0] * len(steps) for _ in range(len(named) + 1)]
    for one in days:
        sums[row.get(one.key, len(named))][place[start_of(step, one.day)]] += one.spent.counted_microusd
    series = [SpendingSeries(group, tuple(sums[number])) for number, group in enumerate(named)]
    if any(sums[-1]):
        series.append(SpendingSeries(None, tuple(sums[-1])))
    return tuple(series)
