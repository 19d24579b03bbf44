"""Which documents hold, in SQL: `services/domain/freshness.py` says the same of one passport."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, extract, func, or_

from services.store.tables import documents

_DAY_SECONDS = 86_400


def holds_on(day: date) -> ColumnElement[bool]:
    """Searches find it on that day."""
    return and_(
        or_(documents.c.valid_from.is_(None), documents.c.valid_from <= day),
        or_(documents.c.valid_until.is_(None), documents.c.valid_until >= day),
    )


def is_stale(now: datetime) -> ColumnElement[bool]:
    """Never NULL: it can be negated, and counted."""
    today = now.date()
    seen = func.coalesce(documents.c.checked_at, documents.c.updated_at, documents.c.added_at)
    due = extract("epoch", seen) + documents.c.refresh_days * _DAY_SECONDS
    expired = and_(documents.c.valid_until.is_not(None), documents.c.valid_until < today)
    has_begun = or_(documents.c.valid_from.is_(None), documents.c.valid_from <= today)
    is_due = and_(documents.c.refresh_days.is_not(None), seen.is_not(None), due <= now.timestamp())
    return or_(expired, and_(has_begun, is_due))
