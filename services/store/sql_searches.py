"""What was searched for, and what was found."""

from collections.abc import Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, select

from services.domain.knowledge import SearchFilters
from services.store.ports_searches import FoundPassage, SearchRecord
from services.store.sql_connection import SqlRepository
from services.store.tables import searches


class SqlSearches(SqlRepository):
    async def add(self, record: SearchRecord) -> None:
        values = {
            "generation_id": record.generation_id,
            "project_id": record.project_id,
            "query": record.query,
            "translated": record.translated,
            "filters": _written(record.filters),
            "found": [asdict(found) for found in record.found],
            "degraded": record.degraded,
            "latency_ms": record.latency_ms,
            "at": self._sql.now(),
        }
        await self._sql.run(self._sql.insert(searches).values(**values))

    async def of_generation(self, generation_id: int) -> Sequence[SearchRecord]:
        query = select(searches).where(searches.c.generation_id == generation_id).order_by(searches.c.id)
        return [
            SearchRecord(
                project_id=row.project_id,
                query=row.query,
                found=tuple(FoundPassage(**found) for found in row.found),
                latency_ms=row.latency_ms,
                generation_id=row.generation_id,
                translated=row.translated,
                filters=_read(row.filters or {}),
                degraded=row.degraded,
                at=row.at,
            )
            for row in await self._sql.rows(query)
        ]

    async def purge(self, before: datetime, limit: int = 5_000) -> int:
        old = select(searches.c.id).where(searches.c.at < before).order_by(searches.c.id).limit(limit)
        return await self._sql.run(delete(searches).where(searches.c.id.in_(old.scalar_subquery())))


def _written(filters: SearchFilters) -> dict[str, str]:
    given = {field.name: getattr(filters, field.name) for field in fields(filters)}
    return {name: str(value) for name, value in given.items() if value}


def _read(written: dict[str, Any]) -> SearchFilters:
    days: dict[str, Any] = {name: date.fromisoformat(written[name]) for name in ("since", "until") if name in written}
    return SearchFilters(**(written | days))
