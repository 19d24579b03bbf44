"""Raw updates of Telegram."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from services.store.ports import StoredUpdate
from services.store.sql_connection import SqlRepository
from services.store.tables import inbox


class SqlInbox(SqlRepository):
    async def add(self, bot_id: int, updates: Sequence[tuple[int, int, str]]) -> Sequence[StoredUpdate]:
        if not updates:
            return []
        received_at = self._sql.now()
        added = await self._sql.rows(
            self._sql.insert(inbox)
            .on_conflict_do_nothing(index_elements=["bot_id", "update_id"])
            .returning(inbox.c.id, inbox.c.update_id, inbox.c.lane, inbox.c.body, inbox.c.attempts),
            [
                {
                    "bot_id": bot_id,
                    "update_id": update_id,
                    "lane": lane,
                    "body": body,
                    "attempts": 0,
                    "received_at": received_at,
                }
                for update_id, lane, body in updates
            ],
        )
        # Row ids grow in the order given; RETURNING promises no order.
        return sorted((_update(row) for row in added), key=lambda stored: stored.row_id)

    async def pending(self, bot_id: int, after_update_row: int = 0, limit: int = 200) -> Sequence[StoredUpdate]:
        query = (
            select(inbox)
            .where(inbox.c.bot_id == bot_id, inbox.c.done_at.is_(None), inbox.c.id > after_update_row)
            .order_by(inbox.c.id)
            .limit(limit)
        )
        return [_update(row) for row in await self._sql.rows(query)]

    async def begin(self, row_ids: Sequence[int]) -> None:
        await self._sql.run(update(inbox).where(inbox.c.id.in_(row_ids)).values(attempts=inbox.c.attempts + 1))

    async def done(self, row_id: int, error_code: str | None = None) -> None:
        await self._sql.run(
            update(inbox).where(inbox.c.id == row_id).values(done_at=self._sql.now(), error_code=error_code)
        )

    async def purge(self, before: datetime) -> int:
        return await self._sql.run(delete(inbox).where(inbox.c.done_at < before))


def _update(row: Row[Any]) -> StoredUpdate:
    return StoredUpdate(row_id=row.id, update_id=row.update_id, lane=row.lane, body=row.body, attempts=row.attempts)
