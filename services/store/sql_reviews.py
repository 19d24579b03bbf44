"""Decisions of people."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from services.domain.review import Review, Verdict
from services.store.sql_connection import SqlRepository
from services.store.tables import reviews


class SqlReviews(SqlRepository):
    async def add(
        self, generation_id: int, generation_version: int, member_id: int, verdict: Verdict, comment: str = ""
    ) -> Review:
        return _review(
            await self._sql.the_row(
                self._sql.insert(reviews)
                .values(
                    generation_id=generation_id,
                    generation_version=generation_version,
                    member_id=member_id,
                    verdict=verdict,
                    comment=comment,
                    created_at=self._sql.now(),
                )
                .returning(reviews)
            )
        )

    async def of_generation(self, generation_id: int) -> Sequence[Review]:
        query = select(reviews).where(reviews.c.generation_id == generation_id).order_by(reviews.c.id)
        return [_review(row) for row in await self._sql.rows(query)]


def _review(row: Row[Any]) -> Review:
    return Review(
        id=row.id,
        generation_id=row.generation_id,
        generation_version=row.generation_version,
        member_id=row.member_id,
        verdict=row.verdict,
        comment=row.comment,
        created_at=row.created_at,
    )
