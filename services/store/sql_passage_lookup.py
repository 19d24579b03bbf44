"""What a search needs to know of documents and passages beside their texts."""

from collections.abc import Sequence

from sqlalchemy import and_, or_, select

from services.domain.admission import admits
from services.domain.knowledge import Passage, SearchFilters
from services.domain.language import Language
from services.store.document_standing import holds_on
from services.store.passage_row import passage_query, to_passage
from services.store.ports_searches import Span
from services.store.sql_connection import SqlRepository
from services.store.tables import documents, passages

_SPANS = 200
"""A statement: three parameters each, and the engines' trees of conditions have their depth."""


class SqlPassageLookup(SqlRepository):
    async def admitted(self, project_id: int, filters: SearchFilters) -> frozenset[int]:
        """Compared here, not in SQL: SQLite folds the case of ASCII letters only."""
        shown = (
            documents.c.id,
            documents.c.date,
            documents.c.added_at,
            documents.c.author,
            documents.c.type,
            documents.c.format,
        )
        holds = holds_on(self._sql.now().date())
        return frozenset(
            row.id
            for row in await self._sql.rows(select(*shown).where(documents.c.project_id == project_id, holds))
            if admits(
                filters, dated=row.date, added=row.added_at, author=row.author, type_=row.type, format_=row.format
            )
        )

    async def around(self, spans: Sequence[Span]) -> Sequence[Passage]:
        found: list[Passage] = []
        for start in range(0, len(spans), _SPANS):
            these = [
                and_(passages.c.document_id == span.document_id, passages.c.position.between(span.first, span.last))
                for span in spans[start : start + _SPANS]
            ]
            query = passage_query().where(or_(*these)).order_by(passages.c.document_id, passages.c.position)
            found += [to_passage(row) for row in await self._sql.rows(query)]
        return found

    async def languages(self, project_id: int) -> frozenset[Language]:
        query = select(documents.c.language).where(documents.c.project_id == project_id).distinct()
        return frozenset(Language(row.language) for row in await self._sql.rows(query))
