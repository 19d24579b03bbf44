"""Hours in which people are left alone, by the clock on their wall."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end`, over midnight when `end` is earlier in the day. Equal times are refused: ValueError."""

    start: time
    end: time
    zone: tzinfo

    def __post_init__(self) -> None:
        if self.start == self.end:
            raise ValueError("quiet hours must begin and end at different times")

    def until(self, now: datetime) -> datetime | None:
        """When speaking is fine again, in UTC and later than `now`; None: it is fine now. `now`: timezone-aware."""
        local = now.astimezone(self.zone)
        clock = local.time()
        if not self._covers(clock):
            return None
        day = local.date() if clock < self.end else local.date() + timedelta(days=1)
        ends = datetime.combine(day, self.end, tzinfo=self.zone).astimezone(UTC)
        if ends <= now:  # the hour that is lived twice in autumn: this is its second time
            ends = datetime.combine(day, self.end.replace(fold=1), tzinfo=self.zone).astimezone(UTC)
        return ends

    def _covers(self, clock: time) -> bool:
        if self.start < self.end:
            return self.start <= clock < self.end
        return clock >= self.start or clock < self.end


def parse_quiet_hours(text: str, zone: tzinfo) -> QuietHours:
    """`21:00-09:00`. Raises ValueError."""
    start, dash, end = text.replace("–", "-").partition("-")
    if not dash:
        raise ValueError("must be like 21:00-09:00")
    return QuietHours(_clock(start), _clock(end), zone)


def _clock(text: str) -> time:
    try:
        return datetime.strptime(text.strip(), "%H:%M").time()  # noqa: DTZ007 - a time of day has no zone
    except ValueError:
        raise ValueError("must be like 21:00-09:00") from None
