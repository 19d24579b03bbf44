"""The outbox."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, func, or_, select, tuple_, update

from services.domain.delivery import REPEATABLE, Delivery, DeliveryState, NewDelivery, Released
from services.store.delivery_row import delivery_of
from services.store.sql_connection import SqlRepository
from services.store.tables import deliveries

NEW, SENDING, UNCERTAIN = DeliveryState.NEW, DeliveryState.SENDING, DeliveryState.UNCERTAIN
CHAT_CLOSED = "chat_closed"
Item = TypeVar("Item")

ROWS_AT_ONCE = 500
"""PostgreSQL takes 32,767 parameters in a statement."""


class SqlDeliveries(SqlRepository):
    async def add(self, delivery: NewDelivery) -> bool:
        return await self._insert([delivery]) == 1

    async def add_many(self, deliveries: Sequence[NewDelivery]) -> int:
        return sum([await self._insert(part) for part in _parts(deliveries)])

    async def claim_due(self, now: datetime, limit: int = 50) -> Sequence[Delivery]:
        # One in flight per chat, and none overtakes an older one that waits for its time: people read in order.
        other = deliveries.alias("other")
        same_chat = select(other.c.id).where(other.c.chat_id == deliveries.c.chat_id)
        in_flight = same_chat.where(other.c.state == SENDING)
        older = same_chat.where(
            other.c.state == NEW,
            other.c.id < deliveries.c.id,
            # One that was never tried and has a time is held by intention: nothing waits behind quiet hours.
            or_(other.c.attempts > 0, other.c.not_before.is_(None), other.c.not_before <= now),
        )
        due = (
            select(deliveries.c.id)
            .where(
                deliveries.c.state == NEW,
                or_(deliveries.c.not_before.is_(None), deliveries.c.not_before <= now),
                ~in_flight.exists(),
                ~older.exists(),
            )
            .order_by(deliveries.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("due")  # as a subquery PostgreSQL may evaluate it again for each row and overrun the limit
        )
        claimed = await self._sql.rows(
            update(deliveries)
            .where(deliveries.c.id.in_(select(due.c.id)), deliveries.c.state == NEW)
            .values(state=SENDING, attempts=deliveries.c.attempts + 1, claimed_at=now, left_at=None)
            .returning(deliveries)
        )
        return sorted((delivery_of(row) for row in claimed), key=lambda delivery: delivery.id)

    async def leave(self, delivery_id: int, attempt: int, now: datetime) -> bool:
        return (
            await self._change(
                [deliveries.c.id == delivery_id, deliveries.c.attempts == attempt, deliveries.c.state == SENDING],
                left_at=func.coalesce(deliveries.c.left_at, now),
                claimed_at=now,
            )
            == 1
        )

    async def settle(
        self,
        delivery_id: int,
        attempt: int,
        state: DeliveryState,
        *,
        error_code: str | None = None,
        not_before: datetime | None = None,
        sent_message_id: int | None = None,
    ) -> bool:
        is_final = state not in (NEW, SENDING)
        return (
            await self._change(
                [
                    deliveries.c.id == delivery_id,
                    deliveries.c.attempts == attempt,
                    deliveries.c.state.in_((SENDING, UNCERTAIN)),
                ],
                state=state,
                error_code=error_code,
                not_before=not_before,
                sent_message_id=sent_message_id,
                settled_at=self._sql.now() if is_final else None,
            )
            == 1
        )

    async def beat(self, claims: Sequence[tuple[int, int]], now: datetime) -> int:
        return sum([await self._beat(part, now) for part in _parts(claims)])

    async def release_stuck(self, before: datetime) -> Released:
        silent = [deliveries.c.state == SENDING, deliveries.c.claimed_at < before]
        uncertain = await self._change(
            [*silent, deliveries.c.left_at.is_not(None), deliveries.c.kind.not_in(REPEATABLE)],
            state=UNCERTAIN,
            error_code="sender_died",
            settled_at=self._sql.now(),
        )
        returned = await self._change(silent, state=NEW, error_code="sender_died", not_before=None)
        return Released(returned, uncertain)

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> int:
        # A topic or a message of the old group means nothing in the new one.
        return await self._change(
            [deliveries.c.chat_id == old_chat_id, deliveries.c.state.in_((NEW, SENDING))],
            chat_id=new_chat_id,
            topic_id=None,
            message_id=None,
        )

    async def close_chat(self, chat_id: int) -> int:
        return await self._change(
            [deliveries.c.chat_id == chat_id, deliveries.c.state == NEW],
            state=DeliveryState.DEAD,
            error_code=CHAT_CLOSED,
            settled_at=self._sql.now(),
        )

    async def cancel_new(self, broadcast_id: int) -> int:
        return await self._change(
            [deliveries.c.broadcast_id == broadcast_id, deliveries.c.state == NEW],
            state=DeliveryState.CANCELLED,
            settled_at=self._sql.now(),
        )

    async def broadcast_counts(self, broadcast_id: int) -> dict[DeliveryState, int]:
        return await self._counts(deliveries.c.broadcast_id == broadcast_id)

    async def counts(self) -> dict[DeliveryState, int]:
        return await self._counts()

    async def oldest_waiting(self) -> datetime | None:
        waiting = deliveries.c.state.in_((NEW, SENDING))
        row = await self._sql.the_row(select(func.min(deliveries.c.created_at).label("at")).where(waiting))
        return row.at  # type: ignore[no-any-return]

    async def _insert(self, rows: Sequence[NewDelivery]) -> int:
        now = self._sql.now()
        values = [
            {
                "key": row.key,
                "kind": row.kind,
                "chat_id": row.address.chat_id,
                "topic_id": row.address.topic_id,
                "message_id": row.address.message_id,
                "payload": row.payload,
                "broadcast_id": row.broadcast_id,
                "not_before": row.not_before,
                "state": NEW,
                "attempts": 0,
                "created_at": now,
            }
            for row in rows
        ]
        insert = self._sql.insert(deliveries).values(values).on_conflict_do_nothing(index_elements=["key"])
        return len(await self._sql.rows(insert.returning(deliveries.c.id)))

    async def _beat(self, claims: Sequence[tuple[int, int]], now: datetime) -> int:
        ours = tuple_(deliveries.c.id, deliveries.c.attempts).in_(claims)
        return await self._change([ours, deliveries.c.state == SENDING], claimed_at=now)

    async def _change(self, which: Iterable[ColumnElement[bool]], **values: Any) -> int:
        return await self._sql.run(update(deliveries).where(*which).values(**values))

    async def _counts(self, *which: ColumnElement[bool]) -> dict[DeliveryState, int]:
        query = select(deliveries.c.state, func.count().label("total")).where(*which).group_by(deliveries.c.state)
        found = {row.state: row.total for row in await self._sql.rows(query)}
        return {state: found.get(state, 0) for state in DeliveryState}


def _parts(items: Sequence[Item]) -> Iterable[Sequence[Item]]:
    for start in range(0, len(items), ROWS_AT_ONCE):
        yield items[start : start + ROWS_AT_ONCE]
