"""How much may be spent, by whom, and in which days.

A call is paid from several accounts at once: the team's, its project's, its chat's and its person's, each by day, week,
month and for all time. It must fit into every one of them. A budget of one person (chat, project) stands for the budget
that every one has; where neither is set, that account has no limit of its own and the others go on protecting it.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from services.domain.usage import CallContext

EVERY_ONE = 0
"""In place of an id: what holds for all people (chats, projects) without a budget of their own; and the team's id."""
SINCE_EVER = date(1970, 1, 1)
SHARES_TOLD = (50, 80, 100)
"""Per cent of a limit at which people are told, each once."""


class BudgetScope(StrEnum):
    TEAM = "team"
    PROJECT = "project"
    CHAT = "chat"
    MEMBER = "member"


class BudgetPeriod(StrEnum):
    """By the calendar of the team's time zone; weeks begin on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    TOTAL = "total"


@dataclass(frozen=True, slots=True)
class BudgetKey:
    scope: BudgetScope
    scope_id: int
    period: BudgetPeriod


@dataclass(frozen=True, slots=True)
class Budget:
    key: BudgetKey
    limit_microusd: int
    is_hard: bool = True
    """False: people are told when it is used up, and nothing is refused."""


@dataclass(frozen=True, slots=True)
class Account:
    """What one scope spends in one period. Amounts are millionths of a US dollar."""

    key: BudgetKey
    starts_on: date
    spent_microusd: int = 0
    reserved_microusd: int = 0
    """Of calls under way, each at the most it can cost."""
    extra_microusd: int = 0
    """Granted on top of the limit, for this period only."""
    limit_microusd: int | None = None
    """None: no limit."""
    is_hard: bool = True

    @property
    def left_microusd(self) -> int | None:
        """Below zero when a limit was lowered meanwhile."""
        if self.limit_microusd is None:
            return None
        return self.limit_microusd + self.extra_microusd - self.spent_microusd - self.reserved_microusd

    @property
    def allowed_microusd(self) -> int | None:
        """The limit with what was granted; None: no limit."""
        return None if self.limit_microusd is None else self.limit_microusd + self.extra_microusd

    @property
    def ends_on(self) -> date | None:
        """The first day of the next period."""
        return next_start(self.key.period, self.starts_on)

    def shares_reached(self, spent_microusd: int) -> tuple[int, ...]:
        """Per cents that the last `spent_microusd` went past, in order."""
        allowed, now = self.allowed_microusd, self.spent_microusd * 100
        if not allowed or spent_microusd <= 0:
            return ()
        before = now - spent_microusd * 100
        return tuple(share for share in SHARES_TOLD if before < share * allowed <= now)

    def refuses(self, amount_microusd: int) -> bool:
        return self.is_hard and self.left_microusd is not None and self.left_microusd < amount_microusd


def start_of(period: BudgetPeriod, day: date) -> date:
    """The first day of the period that `day` is in."""
    if period is BudgetPeriod.WEEK:
        return day - timedelta(days=day.weekday())
    if period is BudgetPeriod.MONTH:
        return day.replace(day=1)
    return day if period is BudgetPeriod.DAY else SINCE_EVER


def next_start(period: BudgetPeriod, starts_on: date) -> date | None:
    """None: it never ends."""
    if period is BudgetPeriod.DAY:
        return starts_on + timedelta(days=1)
    if period is BudgetPeriod.WEEK:
        return starts_on + timedelta(days=7)
    if period is BudgetPeriod.MONTH:
        return (starts_on + timedelta(days=31)).replace(day=1)
    return None


def payers(context: CallContext) -> tuple[tuple[BudgetScope, int], ...]:
    """Scopes that pay for a call, the widest first."""
    known = (
        (BudgetScope.TEAM, EVERY_ONE),
        (BudgetScope.PROJECT, context.project_id),
        (BudgetScope.CHAT, context.chat_id),
        (BudgetScope.MEMBER, context.member_id),
    )
    return tuple((scope, scope_id) for scope, scope_id in known if scope_id is not None)


def accounts_of(context: CallContext, day: date) -> tuple[tuple[BudgetKey, date], ...]:
    """Accounts that pay for a call made on `day`, in the order in which they are locked."""
    return tuple(
        (BudgetKey(scope, scope_id, period), start_of(period, day))
        for scope, scope_id in payers(context)
        for period in BudgetPeriod
    )
