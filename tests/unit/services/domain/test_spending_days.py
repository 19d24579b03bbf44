"""Periods, columns, the forecast."""

from datetime import date, timedelta

import pytest

from services.domain.budget import BudgetPeriod
from services.domain.spending_days import SpendingPeriod, first_day, forecast, step_for, steps_between

TODAY = date(2026, 3, 18)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        (SpendingPeriod.TODAY, TODAY),
        (SpendingPeriod.WEEK, date(2026, 3, 12)),
        (SpendingPeriod.THIRTY, date(2026, 2, 17)),
        (SpendingPeriod.MONTH, date(2026, 3, 1)),
        (SpendingPeriod.ALL, None),
    ],
)
def test_a_period_begins(period: SpendingPeriod, day: date | None) -> None:
    assert first_day(period, TODAY) == day


def test_columns_grow_with_the_time_they_show() -> None:
    assert step_for(TODAY - timedelta(days=91), TODAY) is BudgetPeriod.DAY
    assert step_for(TODAY - timedelta(days=92), TODAY) is BudgetPeriod.WEEK
    assert step_for(TODAY - timedelta(days=900), TODAY) is BudgetPeriod.MONTH
    assert len(steps_between(TODAY - timedelta(days=29), TODAY, BudgetPeriod.DAY)) == 30
    weeks = steps_between(date(2026, 3, 4), TODAY, BudgetPeriod.WEEK)
    assert weeks == (date(2026, 3, 2), date(2026, 3, 9), date(2026, 3, 16))
    months = steps_between(date(2025, 12, 30), TODAY, BudgetPeriod.MONTH)
    assert months == (date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1))


def test_the_month_goes_on_like_the_last_full_days() -> None:
    spent = {TODAY - timedelta(days=back): 70 for back in range(1, 8)} | {TODAY: 10, date(2026, 2, 28): 10_000}
    # 7 full days of this month at 70, today and 13 more days at their mean.
    assert forecast(spent, TODAY, date(2026, 1, 1)) == 7 * 70 + 14 * 70
    assert forecast(spent | {TODAY: 100}, TODAY, date(2026, 1, 1)) == 7 * 70 + 100 + 13 * 70


def test_days_before_the_first_call_are_no_free_days() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert forecast({yesterday: 100}, TODAY, yesterday) == 100 + 14 * 100
    assert forecast({TODAY: 100}, TODAY, TODAY) is None


def test_a_new_month_begins_with_the_days_of_the_old_one() -> None:
    first = date(2026, 3, 1)
    spent = {first - timedelta(days=back): 7 for back in range(1, 40)}
    assert forecast(spent, first, date(2026, 1, 1)) == 31 * 7
    last = date(2026, 3, 31)
    assert forecast({last: 5}, last, date(2026, 1, 1)) == 5
