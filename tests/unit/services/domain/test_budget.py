"""Periods and shares of budgets."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from services.domain.budget import (
    EVERY_ONE,
    SHARES_TOLD,
    Account,
    BudgetKey,
    BudgetPeriod,
    BudgetScope,
    next_start,
    start_of,
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))
KEY = BudgetKey(BudgetScope.TEAM, EVERY_ONE, BudgetPeriod.MONTH)


def account(spent: int, limit: int | None, extra: int = 0) -> Account:
    return Account(KEY, date(2026, 3, 1), spent, extra_microusd=extra, limit_microusd=limit)


@given(DAYS, st.sampled_from(BudgetPeriod))
def test_every_day_is_in_one_period(day: date, period: BudgetPeriod) -> None:
    begin = start_of(period, day)
    end = next_start(period, begin)
    assert begin <= day
    assert end is None or day < end
    assert end is None or start_of(period, end) == end
    assert start_of(period, begin) == begin


@given(st.integers(1, 10**12), st.integers(0, 10**6), st.lists(st.integers(0, 10**12), max_size=20))
def test_each_share_is_reached_once_on_the_way_up(limit: int, extra: int, costs: list[int]) -> None:
    spent = 0
    reached: list[int] = []
    for cost in costs:
        spent += cost
        reached += account(spent, limit, extra).shares_reached(cost)
    assert reached == [share for share in SHARES_TOLD if spent * 100 >= share * (limit + extra)]


@given(st.integers(0, 10**9), st.integers(-(10**9), 0))
def test_a_guess_that_is_put_right_is_no_news(spent: int, less: int) -> None:
    assert account(spent, 10**6).shares_reached(less) == ()


def test_without_a_limit_there_are_no_shares() -> None:
    assert account(500, None).shares_reached(500) == ()
    assert account(500, 0).shares_reached(500) == ()
    assert account(500, None).allowed_microusd is None


def test_to_the_micro_dollar() -> None:
    assert account(499, 1000).shares_reached(499) == ()
    assert account(500, 1000).shares_reached(1) == (50,)
    assert account(1000, 1000).shares_reached(500) == (80, 100)
    assert account(1000, 1000).refuses(1)
    assert not account(1000, 1000).refuses(0)
