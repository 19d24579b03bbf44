"""What people asked for."""

from typing import Any

from sqlalchemy import Row, select

from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.store.sql_connection import SqlRepository
from services.store.tables import briefs


class SqlBriefs(SqlRepository):
    async def add(
        self, task: Task, address: ChatAddress, *, project_id: int, member_id: int, text: str, language: Language
    ) -> tuple[Brief, bool]:
        row = await self._sql.row(
            self._sql.insert(briefs)
            .values(
                task=task,
                project_id=project_id,
                member_id=member_id,
                chat_id=address.chat_id,
                topic_id=address.topic_id,
                message_id=address.message_id,
                text=text,
                language=language,
                created_at=self._sql.now(),
            )
            .on_conflict_do_nothing(index_elements=["chat_id", "message_id", "task"])
            .returning(briefs)
        )
        if row is not None:
            return _brief(row), True
        first = select(briefs).where(
            briefs.c.chat_id == address.chat_id, briefs.c.message_id == address.message_id, briefs.c.task == task
        )
        return _brief(await self._sql.the_row(first)), False

    async def get(self, brief_id: int) -> Brief | None:
        row = await self._sql.row(select(briefs).where(briefs.c.id == brief_id))
        return _brief(row) if row else None

    async def lock(self, brief_id: int) -> Brief | None:
        # SQLite leaves FOR UPDATE out: its writing transactions are alone already.
        row = await self._sql.row(select(briefs).where(briefs.c.id == brief_id).with_for_update())
        return _brief(row) if row else None


def _brief(row: Row[Any]) -> Brief:
    return Brief(
        id=row.id,
        task=row.task,
        project_id=row.project_id,
        member_id=row.member_id,
        address=ChatAddress(row.chat_id, row.topic_id, row.message_id),
        text=row.text,
        language=row.language,
        created_at=row.created_at,
        material=row.material,
        revision=row.revision,
    )
