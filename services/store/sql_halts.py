"""The kill switch as rows: projects in which nothing is generated."""

from datetime import datetime

from sqlalchemy import delete, select

from services.store.ports_money import EVERYTHING
from services.store.sql_connection import SqlRepository
from services.store.tables_money import halts


class SqlHalts(SqlRepository):
    async def halt(self, project_id: int, halted_by: int | None, now: datetime) -> bool:
        halted = self._sql.insert(halts).values(project_id=project_id, halted_by=halted_by, halted_at=now)
        return await self._sql.run(halted.on_conflict_do_nothing()) == 1

    async def lift(self, project_id: int) -> bool:
        return await self._sql.run(delete(halts).where(halts.c.project_id == project_id)) == 1

    async def halted(self) -> frozenset[int]:
        return frozenset(row.project_id for row in await self._sql.rows(select(halts.c.project_id)))

    async def is_halted(self, project_id: int | None) -> bool:
        these = (EVERYTHING,) if project_id is None else (EVERYTHING, project_id)
        return await self._sql.row(select(halts.c.project_id).where(halts.c.project_id.in_(these)).limit(1)) is not None
