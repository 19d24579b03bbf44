"""The documents as people look through them and look after them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, case, cast, func, literal, select, update

from services.domain.catalogue import (
    CatalogueEntry,
    CataloguePage,
    CatalogueQuery,
    PassportEdit,
    Shelf,
)
from services.domain.knowledge import Document
from services.store.column_types import UtcDateTime
from services.store.document_row import to_document
from services.store.document_standing import is_stale
from services.store.sql_connection import SqlRepository
from services.store.tables import documents, passages


class SqlCatalogue(SqlRepository):
    async def page(self, query: CatalogueQuery, offset: int, limit: int) -> CataloguePage:
        """Names are compared and sorted here: SQLite folds the case of ASCII letters only, and PostgreSQL as its
        locale has it."""
        spines = (
            documents.c.id,
            documents.c.title,
            documents.c.source,
            documents.c.author,
            documents.c.owner_id,
            case((is_stale(query.now), 1), else_=0).label("stale"),
            case((_is_flagged(), 1), else_=0).label("flagged"),
        )
        rows = await self._sql.rows(select(*spines).where(documents.c.project_id == query.project_id))
        wanted = folded(query.words).split()
        found = [row for row in rows if not wanted or _says(row, wanted)]
        shelves = {shelf: [row for row in found if _stands_on(shelf, row, query.reader_id)] for shelf in Shelf}
        shown = sorted(shelves[query.shelf], key=lambda row: (folded(row.title), row.source))[offset : offset + limit]
        entries = await self._entries(documents.c.id.in_([row.id for row in shown]))
        by_id = {entry.document.id: entry for entry in entries}
        return CataloguePage(
            tuple(by_id[row.id] for row in shown if row.id in by_id),
            {shelf: len(there) for shelf, there in shelves.items()},
        )

    async def lock(self, document_id: int) -> Document | None:
        row = await self._sql.row(select(documents).where(documents.c.id == document_id).with_for_update())
        return to_document(row) if row else None

    async def passages_in(self, document_id: int) -> int:
        query = select(func.count().label("total")).where(passages.c.document_id == document_id)
        return int((await self._sql.the_row(query)).total)

    async def amend(self, document_id: int, edit: PassportEdit, now: datetime) -> Document | None:
        seen = func.coalesce(
            documents.c.checked_at, documents.c.updated_at, documents.c.added_at, literal(now, UtcDateTime())
        )
        return await self._change(
            document_id, {**{name.value: value for name, value in edit.items()}, "checked_at": seen}
        )

    async def confirm(self, document_id: int, now: datetime) -> Document | None:
        return await self._change(document_id, {"checked_at": now})

    async def stale(self, now: datetime, limit: int) -> Sequence[CatalogueEntry]:
        has_expired = case((documents.c.valid_until < now.date(), 0), else_=1)
        return await self._entries(is_stale(now), has_expired, documents.c.title, documents.c.id, limit=limit)

    async def count_stale(self, now: datetime) -> int:
        query = select(func.count().label("total")).select_from(documents).where(is_stale(now))
        return int((await self._sql.the_row(query)).total)

    async def _entries(
        self, which: ColumnElement[bool], *order: ColumnElement[Any], limit: int | None = None
    ) -> list[CatalogueEntry]:
        cut = select(func.count()).where(passages.c.document_id == documents.c.id).scalar_subquery().label("cut")
        query = select(documents, cut).where(which).order_by(*order).limit(limit)
        return [CatalogueEntry(to_document(row), int(row.cut)) for row in await self._sql.rows(query)]

    async def _change(self, document_id: int, values: dict[str, Any]) -> Document | None:
        changed = update(documents).where(documents.c.id == document_id).values(values).returning(documents)
        row = await self._sql.row(changed)
        return to_document(row) if row else None


def folded(text: str) -> str:
    """As people compare names: in any case, and without minding the dots of ё."""
    return text.casefold().replace("ё", "е")


def _says(row: Row[Any], wanted: Sequence[str]) -> bool:
    said = folded(f"{row.title}\n{row.source}\n{row.author or ''}")
    return all(word in said for word in wanted)


def _stands_on(shelf: Shelf, row: Row[Any], reader_id: int) -> bool:
    if shelf is Shelf.MINE:
        return bool(row.owner_id == reader_id)
    if shelf is Shelf.STALE:
        return bool(row.stale)
    return bool(row.flagged) if shelf is Shelf.FLAGGED else True


def _is_flagged() -> ColumnElement[bool]:
    return cast(documents.c.flags, Text).not_in(("[]", "null"))
