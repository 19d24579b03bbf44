"""Who was asked to decide about which draft."""

from services.store.sql_connection import SqlRepository
from services.store.tables import review_requests


class SqlReviewRequests(SqlRepository):
    async def add(self, generation_id: int, member_id: int, asked_by: int | None) -> bool:
        row = await self._sql.row(
            self._sql.insert(review_requests)
            .values(generation_id=generation_id, member_id=member_id, asked_by=asked_by, created_at=self._sql.now())
            .on_conflict_do_nothing(index_elements=["generation_id", "member_id"])
            .returning(review_requests.c.member_id)
        )
        return row is not None
