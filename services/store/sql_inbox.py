"""Raw updates of Telegram, and which process handles them.

Everything that gives rows out lines up per bot. So ids become visible in their order, and a lane (a chat) is never
split between two processes that look at the same moment.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, or_, select, update

from services.store.ports import StoredUpdate
from services.store.sql_connection import SqlRepository
from services.store.tables import inbox


class SqlInbox(SqlRepository):
    async def add(self, bot_id: int, updates: Sequence[tuple[int, int, str]]) -> int:
        if not updates:
            return 0
        await self._line_up(bot_id)
        received_at = self._sql.now()
        added = await self._sql.rows(
            self._sql.insert(inbox)
            .on_conflict_do_nothing(index_elements=["bot_id", "update_id"])
            .returning(inbox.c.id),
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
        return len(added)

    async def claim(
        self, bot_id: int, owner: str, *, now: datetime, until: datetime, limit: int = 200
    ) -> Sequence[StoredUpdate]:
        await self._line_up(bot_id)
        earlier = inbox.alias("earlier")
        held_by_another = select(earlier.c.id).where(
            earlier.c.bot_id == bot_id,
            earlier.c.lane == inbox.c.lane,
            earlier.c.done_at.is_(None),
            earlier.c.id < inbox.c.id,
            earlier.c.owner != owner,
            earlier.c.lease_until >= now,
        )
        free = (
            select(inbox.c.id)
            .where(
                inbox.c.bot_id == bot_id,
                inbox.c.done_at.is_(None),
                _free(now),
                ~held_by_another.exists(),
            )
            .order_by(inbox.c.id)
            .limit(limit)
        )
        claimed = await self._sql.rows(
            update(inbox)
            .where(inbox.c.id.in_(free))
            .values(owner=owner, lease_until=until, attempts=inbox.c.attempts + 1)
            .returning(inbox.c.id, inbox.c.update_id, inbox.c.lane, inbox.c.body, inbox.c.attempts)
        )
        # Row ids grow in the order of arrival; RETURNING promises no order.
        return sorted((_update(row) for row in claimed), key=lambda stored: stored.row_id)

    async def has_free(self, bot_id: int, now: datetime) -> bool:
        query = select(inbox.c.id).where(inbox.c.bot_id == bot_id, inbox.c.done_at.is_(None), _free(now)).limit(1)
        return await self._sql.row(query) is not None

    async def renew(self, owner: str, row_ids: Collection[int], until: datetime) -> frozenset[int]:
        renewed = await self._sql.rows(
            update(inbox)
            .where(inbox.c.id.in_(row_ids), inbox.c.done_at.is_(None), inbox.c.owner == owner)
            .values(lease_until=until)
            .returning(inbox.c.id)
        )
        return frozenset(row.id for row in renewed)

    async def owners(self, bot_id: int) -> frozenset[str]:
        query = (
            select(inbox.c.owner)
            .where(inbox.c.bot_id == bot_id, inbox.c.done_at.is_(None), inbox.c.owner.is_not(None))
            .distinct()
        )
        return frozenset(row.owner for row in await self._sql.rows(query))

    async def disown(self, bot_id: int, owner: str) -> int:
        return await self._sql.run(
            update(inbox)
            .where(inbox.c.bot_id == bot_id, inbox.c.done_at.is_(None), inbox.c.owner == owner)
            .values(owner=None, lease_until=None)
        )

    async def pending(self, bot_id: int, limit: int = 200) -> Sequence[StoredUpdate]:
        query = select(inbox).where(inbox.c.bot_id == bot_id, inbox.c.done_at.is_(None)).order_by(inbox.c.id)
        return [_update(row) for row in await self._sql.rows(query.limit(limit))]

    async def done(self, row_id: int, error_code: str | None = None) -> None:
        await self._sql.run(
            update(inbox).where(inbox.c.id == row_id).values(done_at=self._sql.now(), error_code=error_code)
        )

    async def purge(self, before: datetime) -> int:
        return await self._sql.run(delete(inbox).where(inbox.c.done_at < before))

    async def _line_up(self, bot_id: int) -> None:
        await self._sql.line_up(f"inbox:{bot_id}")


def _free(now: datetime) -> ColumnElement[bool]:
    return or_(inbox.c.owner.is_(None), inbox.c.lease_until < now)


def _update(row: Row[Any]) -> StoredUpdate:
    return StoredUpdate(row_id=row.id, update_id=row.update_id, lane=row.lane, body=row.body, attempts=row.attempts)
