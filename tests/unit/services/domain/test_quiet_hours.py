"""Quiet hours go by the clock on people's walls, also in the nights when that clock is changed."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.quiet_hours import QuietHours, parse_quiet_hours

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = QuietHours(time(21), time(9), BERLIN)


def berlin(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=BERLIN, fold=fold)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("now", "until"),
    [
        (berlin(2026, 6, 1, 20, 59), None),
        (berlin(2026, 6, 1, 21, 0), berlin(2026, 6, 2, 9, 0)),
        (berlin(2026, 6, 2, 0, 0), berlin(2026, 6, 2, 9, 0)),
        (berlin(2026, 6, 2, 8, 59), berlin(2026, 6, 2, 9, 0)),
        (berlin(2026, 6, 2, 9, 0), None),
        (berlin(2026, 12, 31, 23, 0), berlin(2027, 1, 1, 9, 0)),
    ],
)
def test_over_midnight(now: datetime, until: datetime | None) -> None:
    assert NIGHT.until(now) == until
    assert NIGHT.until(now.astimezone(UTC)) == until


def test_a_lunch_break_lies_within_one_day() -> None:
    lunch = parse_quiet_hours("13:00-14:00", UTC)
    assert lunch.until(datetime(2026, 6, 1, 13, 30, tzinfo=UTC)) == datetime(2026, 6, 1, 14, 0, tzinfo=UTC)
    assert lunch.until(datetime(2026, 6, 1, 14, 0, tzinfo=UTC)) is None


def test_the_night_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    began = berlin(2026, 3, 28, 21, 0)
    ends = NIGHT.until(began)
    assert ends == berlin(2026, 3, 29, 9, 0)
    assert ends.astimezone(UTC) - began.astimezone(UTC) == timedelta(hours=11)


def test_the_night_in_which_clocks_go_back_is_an_hour_longer() -> None:
    began = berlin(2026, 10, 24, 21, 0)
    ends = NIGHT.until(began)
    assert ends == berlin(2026, 10, 25, 9, 0)
    assert ends.astimezone(UTC) - began.astimezone(UTC) == timedelta(hours=13)


def test_an_end_that_the_clock_skips_lies_after_the_gap() -> None:
    ends = QuietHours(time(22), time(2, 30), BERLIN).until(berlin(2026, 3, 29, 1, 0))
    assert ends == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_in_the_hour_that_is_lived_twice_the_end_is_still_to_come() -> None:
    quiet = QuietHours(time(22), time(2, 30), BERLIN)
    second = berlin(2026, 10, 25, 2, 10, fold=1)
    ends = quiet.until(second)
    assert ends is not None
    assert ends == berlin(2026, 10, 25, 2, 30, fold=1).astimezone(UTC)
    assert ends > second.astimezone(UTC)


FIRST = datetime(2024, 1, 1)  # noqa: DTZ001 - hypothesis adds the zone
clocks = st.times().map(lambda one: one.replace(second=0, microsecond=0))
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"])
moments = st.datetimes(FIRST, FIRST.replace(year=2028), timezones=st.just(UTC))


@given(start=clocks, end=clocks, zone=zones, now=moments)
def test_the_end_is_always_ahead_and_never_more_than_a_long_day(
    start: time, end: time, zone: str, now: datetime
) -> None:
    if start == end:
        return
    quiet = QuietHours(start, end, ZoneInfo(zone))
    until = quiet.until(now)
    if until is not None:
        assert now < until <= now + timedelta(hours=26)
        wall = until.astimezone(ZoneInfo(zone))
        late = (wall.hour * 60 + wall.minute - end.hour * 60 - end.minute) % (24 * 60)
        assert late in (0, 30, 60), "the clock shows the end, or jumped over it"


@pytest.mark.parametrize("text", ["", "21:00", "21-9-8", "25:00-09:00", "21:00-21:00", "nine-ten"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"quiet hours|must be like"):
        parse_quiet_hours(text, UTC)
