"""Whose turn it is, decided by the database: every process asks it, one after the other, so all of them agree."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from services.domain.fairness import Waiting
from services.domain.generation import Generation, GenerationState
from services.store.sql_connection import SqlRepository
from services.store.sql_generations import SqlGenerations
from services.store.tables_work import briefs, generations

_G, _B = generations.c, briefs.c
_QUEUED, _RUNNING = _G.state == GenerationState.QUEUED, _G.state == GenerationState.RUNNING
_SINCE = func.coalesce(_G.queued_at, _G.created_at, type_=_G.created_at.type)
_TICK = timedelta(microseconds=1)


class SqlGenerationQueue(SqlRepository):
    async def has_room(self, member_id: int, at_once: int) -> bool:
        await self._line_up()
        row = await self._sql.the_row(select(func.count().label("n")).where(_RUNNING, _G.requested_by == member_id))
        return int(row.n) < at_once

    async def claim(self, generation_id: int, owner: str, until: datetime, now: datetime) -> Generation | None:
        await self._line_up()
        return await self._claim(generation_id, owner, until, now)

    async def claim_next(self, owner: str, until: datetime, now: datetime, at_once: int) -> Generation | None:
        await self._line_up()
        while (row := await self._sql.row(_forsaken(now)) or await self._sql.row(_next(at_once))) is not None:
            claimed = await self._claim(row.id, owner, until, now)
            if claimed is not None:
                return claimed  # else it was stopped, or renewed, between the look and the claim
        return None

    async def waiting(self, limit: int = 1000) -> Sequence[Waiting]:
        return [
            Waiting(row.id, row.chat_id, row.member_id, row.since, row.chat_had_turn, row.member_had_turn)
            for row in await self._sql.rows(_waiting().order_by(_SINCE, _G.id).limit(limit))
        ]

    async def running(self) -> dict[int, int]:
        counted = select(_G.requested_by, func.count().label("n")).where(_RUNNING).group_by(_G.requested_by)
        return {row.requested_by: int(row.n) for row in await self._sql.rows(counted)}

    async def usual_seconds(self, sample: int = 20) -> float | None:
        ended = select(_G.started_at, _G.finished_at).where(_G.started_at.is_not(None))
        rows = await self._sql.rows(ended.order_by(_G.started_at.desc()).limit(sample))
        spent = [
            (row.finished_at - row.started_at).total_seconds()
            for row in rows
            if row.finished_at is not None and row.finished_at >= row.started_at
        ]
        return median(spent) if spent else None

    async def _claim(self, generation_id: int, owner: str, until: datetime, now: datetime) -> Generation | None:
        # No two turns at one moment, whatever the clocks of the processes say: turns are told apart by it.
        last = (await self._sql.the_row(select(func.max(_G.started_at).label("at")))).at
        started_at = now if last is None else max(now, last + _TICK)
        return await SqlGenerations(self._sql).claim(generation_id, owner, until, now, started_at=started_at)

    async def _line_up(self) -> None:
        await self._sql.line_up("generation queue")


def _forsaken(now: datetime) -> Select[Any]:
    over = or_(_G.lease_until.is_(None), _G.lease_until < now)
    return select(_G.id).where(_RUNNING, over).order_by(_G.id).limit(1)


def _waiting() -> Select[Any]:
    """Queued attempts with the last turns of their chats and people. Turns before the oldest of them came play no part,
    so a long history is not read."""
    oldest = select(func.min(_SINCE)).where(_QUEUED).scalar_subquery()
    begun = (
        select(_B.chat_id, _G.requested_by.label("member_id"), func.max(_G.started_at).label("at"))
        .join(briefs, _B.id == _G.brief_id)
        .where(_G.started_at >= oldest)
        .group_by(_B.chat_id, _G.requested_by)
        .cte("begun")
    )
    of_chat = select(begun.c.chat_id, func.max(begun.c.at).label("at")).group_by(begun.c.chat_id).cte("begun_in_chat")
    return (
        select(
            _G.id,
            _B.chat_id,
            _G.requested_by.label("member_id"),
            _SINCE.label("since"),
            of_chat.c.at.label("chat_had_turn"),
            begun.c.at.label("member_had_turn"),
        )
        .join(briefs, _B.id == _G.brief_id)
        .join(of_chat, of_chat.c.chat_id == _B.chat_id, isouter=True)
        .join(begun, (begun.c.chat_id == _B.chat_id) & (begun.c.member_id == _G.requested_by), isouter=True)
        .where(_QUEUED)
    )


def _next(at_once: int) -> Select[Any]:
    busy = select(_G.requested_by).where(_RUNNING).group_by(_G.requested_by).having(func.count() >= at_once)
    w = _waiting().where(_G.requested_by.not_in(busy)).subquery("waiting").c
    person = (w.chat_id, w.member_id)
    placed = select(
        w.id,
        w.since,
        _later(func.min(w.since).over(partition_by=w.chat_id), w.chat_had_turn).label("chat_place"),
        func.min(w.id).over(partition_by=w.chat_id).label("chat_first"),
        _later(func.min(w.since).over(partition_by=person), w.member_had_turn).label("member_place"),
        func.min(w.id).over(partition_by=person).label("member_first"),
    ).subquery("placed")
    p = placed.c
    order = (p.chat_place, p.chat_first, p.member_place, p.member_first, p.since, p.id)
    return select(p.id).order_by(*order).limit(1)


def _later(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    return case((other > one, other), else_=one)
