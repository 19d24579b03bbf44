"""What nobody needs any more."""

from datetime import datetime

from sqlalchemy import delete, select

from services.domain.delivery import DeliveryState
from services.store.sql_connection import SqlRepository
from services.store.tables import deliveries


class SqlOldRows(SqlRepository):
    async def purge_deliveries(self, settled_before: datetime, limit: int = 5_000) -> int:
        settled = deliveries.c.state.in_((DeliveryState.SENT, DeliveryState.CANCELLED))
        old = select(deliveries.c.id).where(settled, deliveries.c.settled_at < settled_before).limit(limit)
        return await self._sql.run(delete(deliveries).where(deliveries.c.id.in_(old.scalar_subquery())))
