"""Chats and the brand each works for."""

from typing import Any

from sqlalchemy import Row, select, update

from services.domain.chat import Chat, ChatKind
from services.store.sql_connection import SqlRepository
from services.store.tables import chats


class SqlChats(SqlRepository):
    async def ensure(self, chat_id: int, kind: ChatKind, title: str, project_id: int) -> Chat:
        return _chat(
            await self._sql.the_row(
                self._sql.insert(chats)
                .values(id=chat_id, kind=kind, title=title, project_id=project_id)
                .on_conflict_do_update(index_elements=["id"], set_={"kind": kind, "title": title})
                .returning(chats)
            )
        )

    async def get(self, chat_id: int) -> Chat | None:
        row = await self._sql.row(select(chats).where(chats.c.id == chat_id))
        return _chat(row) if row else None

    async def bind_project(self, chat_id: int, project_id: int) -> Chat:
        changed = update(chats).where(chats.c.id == chat_id).values(project_id=project_id).returning(chats)
        return _chat(await self._sql.the_row(changed))


def _chat(row: Row[Any]) -> Chat:
    return Chat(id=row.id, kind=row.kind, title=row.title, project_id=row.project_id, closed_at=row.closed_at)
