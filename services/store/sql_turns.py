"""Conversation, turn by turn."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from services.domain.chat import ChatAddress
from services.domain.turn import Turn
from services.store.sql_connection import SqlRepository
from services.store.tables import turns


class SqlTurns(SqlRepository):
    async def add(self, turn: Turn) -> None:
        await self._sql.run(
            self._sql.insert(turns).values(
                chat_id=turn.address.chat_id,
                topic_id=turn.address.topic_id,
                message_id=turn.address.message_id,
                role=turn.role,
                content=turn.content,
                created_at=turn.created_at,
                member_id=turn.member_id,
                generation_id=turn.generation_id,
            )
        )

    async def recent(self, chat_id: int, topic_id: int | None, limit: int = 20) -> Sequence[Turn]:
        query = (
            select(turns)
            .where(turns.c.chat_id == chat_id, turns.c.topic_id == topic_id)  # == None renders IS NULL
            .order_by(turns.c.id.desc())
            .limit(limit)
        )
        return [_turn(row) for row in reversed(await self._sql.rows(query))]


def _turn(row: Row[Any]) -> Turn:
    return Turn(
        address=ChatAddress(row.chat_id, row.topic_id, row.message_id),
        role=row.role,
        content=row.content,
        created_at=row.created_at,
        member_id=row.member_id,
        generation_id=row.generation_id,
    )
