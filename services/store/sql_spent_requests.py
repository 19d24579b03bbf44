"""What requests have cost, each with all its calls."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, select

from services.domain.spending import DearRequest, SpendingFilter
from services.store.sql_connection import SqlRepository
from services.store.tables_money import spent_requests
from services.store.tables_people import members
from services.store.tables_work import briefs

_R = spent_requests.c
_KEY = ("brief_id", "recording_id")
RECORDING_TASK = "transcribe"


class SqlSpentRequests(SqlRepository):
    async def count(self, call: Row[Any], day: date, change_microusd: int) -> None:
        """Calls for neither a brief nor a recording belong to no request."""
        if not change_microusd or (call.brief_id is None and call.recording_id is None):
            return
        # A spoken brief is one request with what was heard before it only in the recording's own line.
        values = {
            "day": day,
            "brief_id": call.brief_id or 0,
            "recording_id": 0 if call.brief_id else call.recording_id,
            "member_id": call.member_id or 0,
            "project_id": call.project_id or 0,
            "chat_id": call.chat_id or 0,
        }
        new = self._sql.insert(spent_requests).values(**values, counted_microusd=change_microusd)
        added = {"counted_microusd": _R.counted_microusd + new.excluded.counted_microusd}
        await self._sql.run(new.on_conflict_do_update(index_elements=list(_KEY), set_=added))

    async def dearest(self, limit: int, which: SpendingFilter) -> Sequence[DearRequest]:
        dearest = _where(select(spent_requests), which).order_by(_R.counted_microusd.desc()).limit(limit).subquery()
        named = (
            select(dearest, briefs.c.task, members.c.name)
            .join(briefs, briefs.c.id == dearest.c.brief_id, isouter=True)
            .join(members, members.c.id == dearest.c.member_id, isouter=True)
            .order_by(dearest.c.counted_microusd.desc(), dearest.c.brief_id, dearest.c.recording_id)
        )
        return [_request(row) for row in await self._sql.rows(named)]


def _where(query: Select[Any], which: SpendingFilter) -> Select[Any]:
    if which.since is not None:
        query = query.where(_R.day >= which.since)
    if which.until is not None:
        query = query.where(_R.day < which.until)
    for column, value in (
        (_R.member_id, which.member_id),
        (_R.project_id, which.project_id),
        (_R.chat_id, which.chat_id),
    ):
        if value is not None:
            query = query.where(column == value)
    return query


def _request(row: Row[Any]) -> DearRequest:
    return DearRequest(
        brief_id=row.brief_id or None,
        recording_id=row.recording_id or None,
        task=RECORDING_TASK if row.task is None else str(row.task.value),
        person=row.name or "",
        day=row.day,
        microusd=int(row.counted_microusd),
    )
