"""How the documents of a project are cut."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, select

from services.domain.chunk_rules import ChunkRules
from services.store.sql_connection import SqlRepository
from services.store.tables import chunk_rules, documents


class SqlChunkRules(SqlRepository):
    async def of(self, project_id: int) -> Mapping[str, ChunkRules]:
        rows = await self._sql.rows(select(chunk_rules).where(chunk_rules.c.project_id == project_id))
        return {row.type: ChunkRules(row.target_tokens, row.limit_tokens, row.overlap_percent) for row in rows}

    async def put(self, project_id: int, type_: str, rules: ChunkRules | None) -> None:
        if rules is None:
            own = (chunk_rules.c.project_id == project_id) & (chunk_rules.c.type == type_)
            await self._sql.run(delete(chunk_rules).where(own))
            return
        values = {
            "target_tokens": rules.target_tokens,
            "limit_tokens": rules.limit_tokens,
            "overlap_percent": rules.overlap_percent,
        }
        await self._sql.run(
            self._sql.insert(chunk_rules)
            .values(project_id=project_id, type=type_, **values)
            .on_conflict_do_update(index_elements=["project_id", "type"], set_=values)
        )

    async def cuts(self, project_id: int) -> Sequence[tuple[str, str, str]]:
        kinds = select(documents.c.type, documents.c.format, documents.c.chunking).distinct()
        rows = await self._sql.rows(kinds.where(documents.c.project_id == project_id))
        return [(row.type, row.format, row.chunking) for row in rows]
