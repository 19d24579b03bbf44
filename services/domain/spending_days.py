"""Which days a report is about, and what the month will cost if it goes on like this."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from services.domain.budget import BudgetPeriod, next_start, start_of

FULL_DAYS = 7
"""The forecast goes by their mean."""
MOST_DAYS, MOST_WEEKS = 92, 92
"""More columns than these cannot be told apart."""


class SpendingPeriod(StrEnum):
    TODAY = "1d"
    WEEK = "7d"
    THIRTY = "30d"
    MONTH = "mon"
    """From the first of this calendar month."""
    ALL = "all"


def first_day(period: SpendingPeriod, today: date) -> date | None:
    """None: since ever."""
    if period is SpendingPeriod.ALL:
        return None
    if period is SpendingPeriod.MONTH:
        return today.replace(day=1)
    return today - timedelta(days={SpendingPeriod.TODAY: 0, SpendingPeriod.WEEK: 6}.get(period, 29))


def step_for(since: date, today: date) -> BudgetPeriod:
    """How long a column of the chart is."""
    days = (today - since).days + 1
    if days <= MOST_DAYS:
        return BudgetPeriod.DAY
    return BudgetPeriod.WEEK if days <= MOST_WEEKS * 7 else BudgetPeriod.MONTH


def steps_between(since: date, today: date, step: BudgetPeriod) -> tuple[date, ...]:
    """Their first days; the first step may begin before `since`."""
    found = [start_of(step, since)]
    while (following := next_start(step, found[-1])) is not None and following <= today:
        found.append(following)
    return tuple(found)


def forecast(spent: Mapping[date, int], today: date, known_since: date) -> int | None:
    """What this calendar month will have cost: what is spent, and the mean of the last full days for each day that is
    left; today counts as such a day unless it is dearer already. In the unit of `spent`. None: no full day is known.
    """
    days = min(FULL_DAYS, (today - known_since).days)
    if days < 1:
        return None
    mean = sum(spent.get(today - timedelta(days=back), 0) for back in range(1, days + 1)) / days
    before = sum(amount for day, amount in spent.items() if today.replace(day=1) <= day < today)
    tomorrow = today + timedelta(days=1)
    ends_on = next_start(BudgetPeriod.MONTH, today.replace(day=1)) or tomorrow
    return round(before + max(spent.get(today, 0), mean) + mean * (ends_on - tomorrow).days)
