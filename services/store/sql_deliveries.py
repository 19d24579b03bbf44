"""The outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select, update

from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryState, NewDelivery
from services.store.sql_connection import SqlRepository
from services.store.tables import deliveries

NEW, SENDING = DeliveryState.NEW, DeliveryState.SENDING


class SqlDeliveries(SqlRepository):
    async def add(self, delivery: NewDelivery) -> bool:
        row = await self._sql.row(
            self._sql.insert(deliveries)
            .values(
                key=delivery.key,
                kind=delivery.kind,
                chat_id=delivery.address.chat_id,
                topic_id=delivery.address.topic_id,
                message_id=delivery.address.message_id,
                payload=delivery.payload,
                broadcast_id=delivery.broadcast_id,
                state=NEW,
                attempts=0,
                created_at=self._sql.now(),
            )
            .on_conflict_do_nothing(index_elements=["key"])
            .returning(deliveries.c.id)
        )
        return row is not None

    async def claim_due(self, now: datetime, limit: int = 50) -> Sequence[Delivery]:
        # One in flight per chat, and none overtakes an older one that waits for its time: people read in order.
        other = deliveries.alias("other")
        same_chat = select(other.c.id).where(other.c.chat_id == deliveries.c.chat_id)
        in_flight = same_chat.where(other.c.state == SENDING)
        older = same_chat.where(other.c.state == NEW, other.c.id < deliveries.c.id)
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
            .values(state=SENDING, attempts=deliveries.c.attempts + 1, claimed_at=now)
            .returning(deliveries)
        )
        return sorted((_delivery(row) for row in claimed), key=lambda delivery: delivery.id)

    async def settle(
        self,
        delivery_id: int,
        state: DeliveryState,
        *,
        error_code: str | None = None,
        not_before: datetime | None = None,
    ) -> None:
        await self._sql.run(
            update(deliveries)
            .where(deliveries.c.id == delivery_id, deliveries.c.state.in_((SENDING, DeliveryState.UNCERTAIN)))
            .values(state=state, error_code=error_code, not_before=not_before)
        )

    async def release_stuck(self, before: datetime) -> int:
        return await self._sql.run(
            update(deliveries)
            .where(deliveries.c.state == SENDING, deliveries.c.claimed_at < before)
            .values(state=NEW, error_code="sender_died")
        )

    async def counts(self) -> dict[DeliveryState, int]:
        query = select(deliveries.c.state, func.count().label("total")).group_by(deliveries.c.state)
        found = {row.state: row.total for row in await self._sql.rows(query)}
        return {state: found.get(state, 0) for state in DeliveryState}


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        id=row.id,
        kind=row.kind,
        address=ChatAddress(row.chat_id, row.topic_id, row.message_id),
        payload=row.payload,
        state=row.state,
        attempts=row.attempts,
        not_before=row.not_before,
        key=row.key,
        error_code=row.error_code,
        created_at=row.created_at,
        broadcast_id=row.broadcast_id,
    )
