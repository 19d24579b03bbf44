"""Whether a document can still be relied on, by what its passport says."""

from datetime import datetime, timedelta
from enum import StrEnum

from services.domain.passport import Passport


class Standing(StrEnum):
    HOLDS = "holds"
    COMING = "coming"
    """Valid from a later day: searches do not find it yet."""
    EXPIRED = "expired"
    """Searches do not find it any more."""
    DUE = "due"
    """It is found, but nobody has looked at it for longer than its refresh period."""


STALE = frozenset({Standing.EXPIRED, Standing.DUE})
"""Somebody should look at it."""


def standing(passport: Passport, now: datetime) -> Standing:
    """`now`: by the clock of the team, whose days count. `services/store/document_standing.py` says the same in SQL."""
    today = now.date()
    if passport.valid_until is not None and passport.valid_until < today:
        return Standing.EXPIRED
    if passport.valid_from is not None and passport.valid_from > today:
        return Standing.COMING
    due = due_at(passport)
    return Standing.DUE if due is not None and due <= now else Standing.HOLDS


def due_at(passport: Passport) -> datetime | None:
    """When somebody should look at it again; None: nobody asked for that."""
    seen = last_seen_at(passport)
    if passport.refresh_days is None or seen is None:
        return None
    return seen + timedelta(days=passport.refresh_days)


def last_seen_at(passport: Passport) -> datetime | None:
    return passport.checked_at or passport.updated_at or passport.added_at
