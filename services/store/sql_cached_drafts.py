"""Drafts to be found again, by keys that say what they answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, func, select

from services.domain.cached_draft import CachedDraft
from services.domain.generation import GenerationState
from services.store.document_standing import holds_on
from services.store.sql_connection import SqlRepository
from services.store.tables import cached_drafts, documents, generations, model_calls

_C = cached_drafts.c
_GOOD = (GenerationState.IN_REVIEW, GenerationState.APPROVED, GenerationState.EXPIRED, GenerationState.ANSWERED)


class SqlCachedDrafts(SqlRepository):
    async def knowledge_version(self, project_id: int) -> str:
        # Ids are given out once and versions only grow. Of the documents that hold today: one that ends while another
        # begins leaves their number as it is, but hardly both the sum of the ids and that of their squares.
        c = documents.c
        sums = (
            func.sum(c.id).label("ids"),
            func.sum(c.id * c.id).label("squares"),
            func.sum(c.version).label("versions"),
        )
        known = select(func.max(c.id).label("newest"), func.count().label("total"), *sums)
        row = await self._sql.the_row(known.where(c.project_id == project_id, holds_on(self._sql.now().date())))
        return ":".join(str(row[place] or 0) for place in range(5))

    async def exact(self, exact_key: str, since: datetime) -> CachedDraft | None:
        row = await self._sql.row(_found(since).where(_C.exact_key == exact_key))
        return _to_draft(row) if row else None

    async def alike(self, shelf: str, form: str, since: datetime, limit: int = 3) -> Sequence[CachedDraft]:
        query = _found(since).where(_C.shelf == shelf, _C.form == form).order_by(_C.made_at.desc(), _C.id.desc())
        return [_to_draft(row) for row in await self._sql.rows(query.limit(limit))]

    async def paid_for(self, generation_id: int) -> int | None:
        cost = model_calls.c.cost_microusd
        sums = select(func.sum(cost).label("paid"), func.count().filter(cost.is_(None)).label("unknown"))
        row = await self._sql.the_row(sums.where(model_calls.c.generation_id == generation_id))
        return None if row.paid is None or row.unknown else int(row.paid)

    async def keep(self, draft: CachedDraft) -> None:
        values = {
            "project_id": draft.project_id,
            "member_id": draft.member_id,
            "shelf": draft.shelf,
            "form": draft.form,
            "generation_id": draft.generation_id,
            "text": draft.text,
            "made_at": self._sql.now(),
        }
        kept = self._sql.insert(cached_drafts).values(exact_key=draft.exact_key, **values)
        await self._sql.run(kept.on_conflict_do_update(index_elements=["exact_key"], set_=values))

    async def purge(self, before: datetime) -> int:
        return await self._sql.run(delete(cached_drafts).where(_C.made_at < before))


def _found(since: datetime) -> Select[Any]:
    good = select(cached_drafts).join(generations, generations.c.id == _C.generation_id)
    return good.where(_C.made_at >= since, generations.c.state.in_(_GOOD), generations.c.draft.is_not(None))


def _to_draft(row: Row[Any]) -> CachedDraft:
    return CachedDraft(row.project_id, row.member_id, row.exact_key, row.shelf, row.form, row.generation_id, row.text)
