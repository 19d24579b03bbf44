"""Deliveries that did not arrive, or may not have: for people to decide about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update

from services.domain.delivery import COURTESIES, DeliveryKind, DeliveryState
from services.store.delivery_row import delivery_of
from services.store.ports_operation import DeadLetter, UnreportedLetters
from services.store.sql_connection import SqlRepository
from services.store.sql_deliveries import CHAT_CLOSED
from services.store.tables import deliveries

DEAD, UNCERTAIN = DeliveryState.DEAD, DeliveryState.UNCERTAIN


class SqlDeadLetters(SqlRepository):
    async def count(self) -> int:
        return int((await self._sql.the_row(select(func.count().label("total")).where(_needs_people()))).total)

    async def page(self, offset: int, limit: int) -> Sequence[DeadLetter]:
        newest = select(deliveries).where(_needs_people()).order_by(deliveries.c.id.desc())
        return [_letter(row) for row in await self._sql.rows(newest.offset(offset).limit(limit))]

    async def newest(self) -> datetime | None:
        last = select(func.max(deliveries.c.settled_at).label("at")).where(_needs_people())
        return (await self._sql.the_row(last)).at  # type: ignore[no-any-return]

    async def get(self, delivery_id: int, attempt: int) -> DeadLetter | None:
        row = await self._sql.row(select(deliveries).where(_needs_people(), _this(delivery_id, attempt)))
        return _letter(row) if row else None

    async def resend(self, delivery_id: int, attempt: int) -> bool:
        return await self._send_again(_this(delivery_id, attempt)) == 1

    async def resend_dead(self, settled_until: datetime) -> int:
        return await self._send_again(deliveries.c.state == DEAD, deliveries.c.settled_at <= settled_until)

    async def forget(self, delivery_id: int, attempt: int) -> bool:
        return await self._forget(_this(delivery_id, attempt)) == 1

    async def forget_all(self, settled_until: datetime) -> int:
        return await self._forget(deliveries.c.settled_at <= settled_until)

    async def unreported(self) -> UnreportedLetters:
        moment = deliveries.c.settled_at
        facts = select(func.count().label("total"), func.min(moment).label("oldest"), func.max(moment).label("newest"))
        row = await self._sql.the_row(facts.where(_unreported()))
        return UnreportedLetters(row.total, row.oldest, row.newest)

    async def mark_reported(self, settled_until: datetime, now: datetime) -> None:
        await self._change([_unreported(), deliveries.c.settled_at <= settled_until], reported_at=now)

    async def _send_again(self, *which: ColumnElement[bool]) -> int:
        # Written anew, for the age after which it is given up; `attempts` goes on, because it tells claims apart.
        return await self._change(
            [_needs_people(), *which],
            state=DeliveryState.NEW,
            error_code=None,
            not_before=None,
            left_at=None,
            settled_at=None,
            reported_at=None,
            created_at=self._sql.now(),
        )

    async def _forget(self, *which: ColumnElement[bool]) -> int:
        return await self._change([_needs_people(), *which], state=DeliveryState.CANCELLED, error_code="forgotten")

    async def _change(self, which: Sequence[ColumnElement[bool]], **values: Any) -> int:
        return await self._sql.run(update(deliveries).where(*which).values(**values))


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(delivery_of(row), row.settled_at or row.created_at)


def _needs_people() -> ColumnElement[bool]:
    failed = and_(
        deliveries.c.state == DEAD, or_(deliveries.c.error_code.is_(None), deliveries.c.error_code != CHAT_CLOSED)
    )
    return and_(or_(failed, deliveries.c.state == UNCERTAIN), deliveries.c.kind.not_in(COURTESIES))


def _unreported() -> ColumnElement[bool]:
    """An alert that did not arrive is no reason for another alert."""
    return and_(_needs_people(), deliveries.c.reported_at.is_(None), deliveries.c.kind != DeliveryKind.DEAD_LETTERS)


def _this(delivery_id: int, attempt: int) -> ColumnElement[bool]:
    return and_(deliveries.c.id == delivery_id, deliveries.c.attempts == attempt)
