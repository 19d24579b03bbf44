"""Who did what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from services.store.sql_connection import SqlRepository
from services.store.tables import audit


class SqlAudit(SqlRepository):
    async def add(self, event: str, member_id: int | None, **facts: int | str) -> None:
        await self._sql.run(
            self._sql.insert(audit).values(at=self._sql.now(), event=event, member_id=member_id, facts=facts)
        )

    async def recent(self, limit: int = 20) -> Sequence[tuple[datetime, str, int | None, dict[str, Any]]]:
        rows = await self._sql.rows(select(audit).order_by(audit.c.id.desc()).limit(limit))
        return [(row.at, row.event, row.member_id, row.facts) for row in rows]
