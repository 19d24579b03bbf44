"""Who asked for how much in the last minute: one row a request, gone after the minute."""

from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from services.store.sql_connection import SqlRepository
from services.store.tables_work import admissions

MINUTE = timedelta(seconds=60)


class SqlAdmissions(SqlRepository):
    async def admit(self, member_id: int, now: datetime, a_minute: int) -> datetime | None:
        await self._sql.line_up(f"admissions:{member_id}")
        of_member, at = admissions.c.member_id == member_id, admissions.c.at
        # A row from a clock that was set back since would lock its person out for as long as the clock was wrong.
        over = or_(at <= now - MINUTE, at > now + MINUTE)
        await self._sql.run(delete(admissions).where(of_member, over))
        newest = select(at).where(of_member).order_by(at.desc(), admissions.c.id.desc()).limit(a_minute)
        rows = await self._sql.rows(newest)
        if len(rows) >= a_minute:
            oldest: datetime = rows[-1].at
            return oldest + MINUTE
        await self._sql.run(self._sql.insert(admissions).values(member_id=member_id, at=now))
        return None
