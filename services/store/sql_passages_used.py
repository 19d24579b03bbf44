"""What the model was shown: numbered copies of passages."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, delete, select

from services.domain.knowledge import Citation, Hit, Passage
from services.domain.language import Language
from services.store.sql_connection import SqlRepository
from services.store.tables import passages_used


class SqlPassagesUsed(SqlRepository):
    async def replace(self, generation_id: int, hits: Sequence[Hit]) -> None:
        await self._sql.run(delete(passages_used).where(passages_used.c.generation_id == generation_id))
        if not hits:
            return
        await self._sql.run(
            self._sql.insert(passages_used),
            [
                {
                    "generation_id": generation_id,
                    "number": number,
                    "score": hit.score,
                    "legs": hit.legs,
                    "passage": asdict(hit.passage),
                }
                for number, hit in enumerate(hits, start=1)
            ],
        )

    async def citations(self, generation_id: int) -> Sequence[Citation]:
        return [
            Citation(
                number=row.number,
                title=row.passage["title"],
                section=row.passage["section"],
                source=row.passage["source"],
                passage_id=row.passage["id"],
                page=row.passage.get("page"),
                last_page=row.passage.get("last_page"),
            )
            for row in await self._of(generation_id)
        ]

    async def hits(self, generation_id: int) -> Sequence[Hit]:
        return [
            Hit(passage=_passage(row.passage), score=row.score, legs=row.legs) for row in await self._of(generation_id)
        ]

    async def _of(self, generation_id: int) -> Sequence[Row[Any]]:
        return await self._sql.rows(
            select(passages_used).where(passages_used.c.generation_id == generation_id).order_by(passages_used.c.number)
        )


def _passage(value: dict[str, Any]) -> Passage:
    return Passage(**{**value, "language": Language(value["language"])})
