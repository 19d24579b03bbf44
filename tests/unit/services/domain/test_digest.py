"""Which days a digest is about, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.digest import DAYS, DigestCadence, DigestDays, DigestPlan, hour_of, latest

MOSCOW = DigestPlan(DigestCadence.WEEKLY, 9, ZoneInfo("Europe/Moscow"))


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        ("2026-03-16T05:59", "2026-03-14", "2026-03-02"),
        ("2026-03-16T06:00", "2026-03-15", "2026-03-09"),
        ("2026-03-18T05:59", "2026-03-16", "2026-03-09"),
        ("2026-03-18T22:30", "2026-03-17", "2026-03-09"),
    ],
    ids=["before the hour of Monday", "at it", "before the hour", "tomorrow in Moscow, before the hour"],
)
def test_the_last_one_whose_hour_has_come(now: str, daily: str, weekly: str) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)
    found = [latest(cadence, MOSCOW, at) for cadence in (DigestCadence.DAILY, DigestCadence.WEEKLY)]
    assert [one and one.since.isoformat() for one in found] == [daily, weekly]
    assert latest(DigestCadence.OFF, MOSCOW, at) is None


def test_days_before() -> None:
    week = DigestDays(DigestCadence.WEEKLY, date(2026, 3, 9), date(2026, 3, 16))
    assert (week.last, week.before) == (date(2026, 3, 15), date(2026, 3, 2))


@settings(max_examples=60)
@given(
    cadence=st.sampled_from([DigestCadence.DAILY, DigestCadence.WEEKLY]),
    hour=st.integers(0, 23),
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Asia/Kolkata", "UTC"]),
    now=st.integers(0, 2 * 366 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
)
def test_no_day_is_left_out_and_none_is_told_twice(cadence: DigestCadence, hour: int, zone: str, now: datetime) -> None:
    plan = DigestPlan(cadence, hour, ZoneInfo(zone))
    days = latest(cadence, plan, now)
    assert days is not None
    assert (days.until - days.since).days == DAYS[cadence]
    assert hour_of(days.until, plan) <= now < hour_of(days.until + timedelta(days=DAYS[cadence]), plan)
    following = latest(cadence, plan, hour_of(days.until + timedelta(days=DAYS[cadence]), plan))
    assert following is not None
    assert following.since == days.until
