"""When the team's administrators are told what was spent, without asking."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum


class DigestCadence(StrEnum):
    OFF = "off"
    DAILY = "daily"
    """Each day, of the day before."""
    WEEKLY = "weekly"
    """Each Monday, of the week before."""


DAYS = {DigestCadence.DAILY: 1, DigestCadence.WEEKLY: 7}


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """What the settings say."""

    cadence: DigestCadence
    hour: int
    """0–23, by the clock of `zone`."""
    zone: tzinfo
    chat_id: int | None = None
    """None: each administrator hears of it in private."""


@dataclass(frozen=True, slots=True)
class DigestDays:
    """What one digest is about."""

    cadence: DigestCadence
    since: date
    until: date
    """The first day that is not meant any more; on it the digest is sent."""

    @property
    def last(self) -> date:
        return self.until - timedelta(days=1)

    @property
    def before(self) -> date:
        """Where as many days begin that went before."""
        return self.since - (self.until - self.since)


def latest(cadence: DigestCadence, plan: DigestPlan, now: datetime) -> DigestDays | None:
    """The digest whose hour has come last; None: there are none. `now`: timezone-aware."""
    if cadence not in DAYS:
        return None
    today = now.astimezone(plan.zone).date()
    until = today - timedelta(days=today.weekday() if cadence is DigestCadence.WEEKLY else 0)
    if now < hour_of(until, plan):
        until -= timedelta(days=DAYS[cadence])
    return DigestDays(cadence, until - timedelta(days=DAYS[cadence]), until)


def hour_of(day: date, plan: DigestPlan) -> datetime:
    """In UTC: hours of one zone are not compared by what its clock shows, which goes back in autumn."""
    return datetime.combine(day, time(plan.hour), plan.zone).astimezone(UTC)
