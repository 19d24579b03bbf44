"""The outbox's rows as the delivery service wants them: a transaction a call."""

from collections.abc import Sequence
from datetime import datetime

from services.domain.delivery import Delivery, DeliveryState
from services.store.ports import Store


class StoreOutbox:
    """Implements `services.delivery.ports.Outbox`."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        async with self._store.transaction() as tx:
            return await tx.deliveries.claim_due(now, limit)

    async def settle(
        self,
        delivery_id: int,
        state: DeliveryState,
        *,
        error_code: str | None = None,
        not_before: datetime | None = None,
    ) -> None:
        async with self._store.transaction() as tx:
            await tx.deliveries.settle(delivery_id, state, error_code=error_code, not_before=not_before)

    async def release_stuck(self, before: datetime) -> int:
        async with self._store.transaction() as tx:
            return await tx.deliveries.release_stuck(before)
