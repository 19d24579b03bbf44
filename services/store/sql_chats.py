"""Chats and the brand each works for."""

from typing import Any

from sqlalchemy import Row, delete, select, update

from services.domain.chat import Chat, ChatKind
from services.store.chat_move import move_rows, note_move
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

    async def close(self, chat_id: int) -> bool:
        shut = update(chats).where(chats.c.id == chat_id, chats.c.closed_at.is_(None))
        return await self._sql.run(shut.values(closed_at=self._sql.now())) == 1

    async def reopen(self, chat_id: int) -> bool:
        closed = update(chats).where(chats.c.id == chat_id, chats.c.closed_at.is_not(None))
        return await self._sql.run(closed.values(closed_at=None)) == 1

    async def move(self, old_id: int, new_id: int) -> bool:
        left = await self._sql.row(delete(chats).where(chats.c.id == old_id).returning(chats))
        is_first = await note_move(self._sql, old_id, new_id)
        if left is not None:
            row = {"kind": ChatKind.SUPERGROUP, "title": left.title, "project_id": left.project_id}
            made = self._sql.insert(chats).values(id=new_id, **row)
            # The brand was chosen by the old chat's people, while the new row has the default one. A row that came to
            # the old id after the move has nothing but the default either.
            chosen = {"project_id": left.project_id} if is_first else {"kind": ChatKind.SUPERGROUP}
            await self._sql.run(made.on_conflict_do_update(index_elements=["id"], set_=chosen))
        return await move_rows(self._sql, old_id, new_id) > 0 or left is not None


def _chat(row: Row[Any]) -> Chat:
    return Chat(id=row.id, kind=row.kind, title=row.title, project_id=row.project_id, closed_at=row.closed_at)
