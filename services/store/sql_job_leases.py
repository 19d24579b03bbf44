"""Who does a job that only one process may do, by name."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select, update

from services.store.sql_connection import SqlRepository
from services.store.tables import job_leases


class SqlJobLeases(SqlRepository):
    async def take(self, name: str, owner: str, until: datetime, now: datetime) -> int | None:
        held = job_leases.c
        row = await self._sql.row(
            self._sql.insert(job_leases)
            .values(name=name, owner=owner, token=1, until=until)
            .on_conflict_do_update(
                index_elements=["name"],
                set_={"owner": owner, "until": until, "token": held.token + 1},
                where=or_(held.until.is_(None), held.until <= now),
            )
            .returning(held.token)
        )
        return row.token if row else None

    async def renew(self, name: str, token: int, until: datetime) -> bool:
        return await self._sql.run(update(job_leases).where(_held(name, token)).values(until=until)) == 1

    async def holds(self, name: str, token: int) -> bool:
        return await self._sql.row(select(job_leases.c.token).where(_held(name, token))) is not None

    async def holder(self, name: str) -> tuple[str, int] | None:
        held = job_leases.c
        row = await self._sql.row(select(held.owner, held.token).where(held.name == name, held.owner.is_not(None)))
        return (row.owner, row.token) if row else None

    async def release(self, name: str, token: int) -> None:
        # The row stays, so that its token goes on growing.
        await self._sql.run(update(job_leases).where(_held(name, token)).values(owner=None, until=None))


def _held(name: str, token: int) -> ColumnElement[bool]:
    return and_(job_leases.c.name == name, job_leases.c.token == token, job_leases.c.owner.is_not(None))
