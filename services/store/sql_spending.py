"""The ledger added up."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Label, Row, Select, Table, func, select

from services.domain.review import Verdict
from services.domain.spending import (
    DaySpent,
    DearRequest,
    GroupDay,
    GroupSpent,
    SpendingFilter,
    SpendingGroup,
    Spent,
)
from services.domain.usage import CallOutcome
from services.store.sql_connection import SqlRepository, chunks
from services.store.sql_spent_requests import SqlSpentRequests
from services.store.tables_money import spent_days
from services.store.tables_people import chats, members, projects
from services.store.tables_work import briefs, generations, reviews

_D = spent_days.c
_KEY = tuple(column.name for column in spent_days.primary_key)
SUMS = tuple(column.name for column in spent_days.c if not column.primary_key)
_EVERYTHING = SpendingFilter()
_NAMED: dict[SpendingGroup, tuple[ColumnElement[Any], Table, ColumnElement[Any]]] = {
    SpendingGroup.PERSON: (_D.member_id, members, members.c.name),
    SpendingGroup.PROJECT: (_D.project_id, projects, projects.c.name),
    SpendingGroup.CHAT: (_D.chat_id, chats, chats.c.title),
}
_KEYS: dict[SpendingGroup, tuple[ColumnElement[Any], ...]] = {
    SpendingGroup.MODEL: (_D.provider, _D.model),
    SpendingGroup.PROMPT: (_D.prompt,),
    SpendingGroup.TASK: (_D.task,),
    SpendingGroup.DAY: (_D.day,),
}


class SqlSpending(SqlRepository):
    async def totals(self, which: SpendingFilter = _EVERYTHING) -> Spent:
        return _spent(await self._sql.the_row(_where(select(*_sums()), which)))

    async def by(self, group: SpendingGroup, which: SpendingFilter = _EVERYTHING) -> Sequence[GroupSpent]:
        if group in _NAMED:
            return await self._by_name(group, which)
        keys = _KEYS[group]
        rows = await self._sql.rows(_where(select(*keys, *_sums()).group_by(*keys), which))
        found = [GroupSpent("/".join(map(str, row[: len(keys)])), str(row[len(keys) - 1]), _spent(row)) for row in rows]
        if group is SpendingGroup.DAY:
            return sorted(found, key=lambda one: one.key)
        return sorted(found, key=_dearest)

    async def by_day(self, which: SpendingFilter = _EVERYTHING) -> Sequence[DaySpent]:
        keys = (_D.day, _D.provider, _D.model)
        rows = await self._sql.rows(_where(select(*keys, *_sums()).group_by(*keys).order_by(*keys), which))
        return [DaySpent(row.day, row.provider, row.model, _spent(row)) for row in rows]

    async def unpriced(self) -> Sequence[tuple[str, str]]:
        keys = (_D.provider, _D.model)
        query = select(*keys).where(_D.unknown_price_calls > 0).group_by(*keys).order_by(*keys)
        return [(row.provider, row.model) for row in await self._sql.rows(query)]

    async def count(self, before: Row[Any], after: Row[Any]) -> None:
        """A call was settled, or a guess was put right: `before` and `after` are its row in the ledger."""
        then = dict.fromkeys(SUMS, 0) if before.outcome == CallOutcome.STARTED else _shares(before)
        change = {name: share - then[name] for name, share in _shares(after).items()}
        counted = self._sql.insert(spent_days).values(**_place(after), **change)
        added = {name: _D[name] + counted.excluded[name] for name in SUMS}
        await self._sql.run(counted.on_conflict_do_update(index_elements=list(_KEY), set_=added))
        await SqlSpentRequests(self._sql).count(after, _day_of(after), change["counted_microusd"])

    async def stacked(self, group: SpendingGroup, which: SpendingFilter = _EVERYTHING) -> Sequence[GroupDay]:
        keys = (_NAMED[group][0],) if group in _NAMED else _KEYS[group]
        rows = await self._sql.rows(_where(select(_D.day, *keys, *_sums()).group_by(_D.day, *keys), which))
        found = [GroupDay(row.day, _joined(row[1 : 1 + len(keys)]), _spent(row)) for row in rows]
        return sorted(found, key=lambda one: (one.day, one.key))

    async def names(self, group: SpendingGroup, keys: Collection[str]) -> Mapping[str, str]:
        if group not in _NAMED:
            last = len(_KEYS[group]) - 1
            return {key: key.split("/", last)[-1] for key in keys}
        _, table, name = _NAMED[group]
        found: dict[str, str] = {}
        for some in chunks(key for key in keys if key):
            query = select(table.c.id, name.label("name")).where(table.c.id.in_(map(int, some)))
            found |= {str(row.id): row.name for row in await self._sql.rows(query)}
        return {key: found.get(key) or key for key in keys}

    async def first_day(self, which: SpendingFilter = _EVERYTHING) -> date | None:
        row = await self._sql.the_row(_where(select(func.min(_D.day).label("day")), which))
        return row.day  # type: ignore[no-any-return]

    async def dearest(self, limit: int, which: SpendingFilter = _EVERYTHING) -> Sequence[DearRequest]:
        return await SqlSpentRequests(self._sql).dearest(limit, which)

    async def approved(self, since: datetime | None, member_id: int | None = None) -> int:
        query = select(func.count(reviews.c.generation_id.distinct()).label("drafts"))
        query = query.where(reviews.c.verdict == Verdict.APPROVED)
        if since is not None:
            query = query.where(reviews.c.created_at >= since)
        if member_id is not None:
            of_brief = generations.join(briefs, briefs.c.id == generations.c.brief_id)
            theirs = select(generations.c.id).select_from(of_brief).where(briefs.c.member_id == member_id)
            query = query.where(reviews.c.generation_id.in_(theirs))
        return int((await self._sql.the_row(query)).drafts)

    async def _by_name(self, group: SpendingGroup, which: SpendingFilter) -> Sequence[GroupSpent]:
        key, table, name = _NAMED[group]
        summed = _where(select(key.label("key"), *_sums()).group_by(key), which).subquery()
        named = select(summed, name.label("name")).join(table, table.c.id == summed.c.key, isouter=True)
        return sorted(map(_group, await self._sql.rows(named)), key=_dearest)


def _sums() -> list[Label[Any]]:
    return [func.coalesce(func.sum(_D[name]), 0).label(name) for name in SUMS]


def _where(query: Select[Any], which: SpendingFilter) -> Select[Any]:
    if which.since is not None:
        query = query.where(_D.day >= which.since)
    if which.until is not None:
        query = query.where(_D.day < which.until)
    for column, value in ((_D.member_id, which.member_id), (_D.project_id, which.project_id)):
        if value is not None:
            query = query.where(column == value)
    return query if which.chat_id is None else query.where(_D.chat_id == which.chat_id)


def _spent(row: Row[Any]) -> Spent:
    return Spent(**{name: int(row._mapping[name]) for name in SUMS})  # PostgreSQL adds integers up to a decimal


def _group(row: Row[Any]) -> GroupSpent:
    key = str(row.key) if row.key else ""
    return GroupSpent(key, row.name or key, _spent(row))


def _dearest(group: GroupSpent) -> tuple[int, int, str]:
    return -group.spent.counted_microusd, -group.spent.calls, group.key


def _place(call: Row[Any]) -> dict[str, Any]:
    prompt = f"{call.prompt_name}@{call.prompt_version}" if call.prompt_name else ""
    return {
        "day": _day_of(call),
        "member_id": call.member_id or 0,
        "project_id": call.project_id or 0,
        "chat_id": call.chat_id or 0,
        "provider": call.provider,
        "model": call.model,
        "task": call.task,
        "prompt": prompt,
    }


def _day_of(call: Row[Any]) -> date:
    day: date = call.budget_day or call.started_at.date()
    return day


def _joined(keys: Sequence[Any]) -> str:
    """A key of a group; nobody's and nothing's is empty."""
    return "/".join(str(key) for key in keys if key)


def _shares(call: Row[Any]) -> dict[str, int]:
    return {
        "calls": 1,
        "tokens_in": call.tokens_in,
        "tokens_cached": call.tokens_cached,
        "tokens_out": call.tokens_out,
        "cost_microusd": call.cost_microusd or 0,
        "unknown_price_calls": int(call.cost_microusd is None),
        "counted_microusd": call.counted_microusd or 0,
        "estimated_calls": int(call.usage_estimated),
        "cache_hits": int(call.cache is not None),
        "saved_microusd": call.saved_microusd,
        "routing_saved_microusd": call.routing_saved_microusd,
    }
