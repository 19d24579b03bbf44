"""What people asked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, select, update

from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.store.ports_work import Revision
from services.store.sql_connection import SqlRepository
from services.store.tables import brief_revisions, briefs


class SqlBriefs(SqlRepository):
    async def add(
        self,
        task: Task,
        address: ChatAddress,
        *,
        project_id: int,
        member_id: int,
        text: str,
        language: Language,
        material: str | None = None,
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
                material=material,
                language=language,
                created_at=self._sql.now(),
            )
            .on_conflict_do_nothing(index_elements=["chat_id", "message_id", "task"])
            .returning(briefs)
        )
        if row is not None:
            return _brief(row), True
        return _brief(await self._sql.the_row(_carried_by(task, address.chat_id, address.message_id))), False

    async def get(self, brief_id: int) -> Brief | None:
        row = await self._sql.row(select(briefs).where(briefs.c.id == brief_id))
        return _brief(row) if row else None

    async def lock(self, brief_id: int) -> Brief | None:
        # SQLite leaves FOR UPDATE out: its writing transactions are alone already.
        row = await self._sql.row(select(briefs).where(briefs.c.id == brief_id).with_for_update())
        return _brief(row) if row else None

    async def carried_by(self, task: Task, chat_id: int, message_id: int) -> Brief | None:
        row = await self._sql.row(_carried_by(task, chat_id, message_id))
        return _brief(row) if row else None

    async def revise(self, brief: Brief, text: str, *, material: str | None, language: Language, at: datetime) -> Brief:
        former = {"brief_id": brief.id, "revision": brief.revision, "text": brief.text, "created_at": at}
        await self._sql.run(self._sql.insert(brief_revisions).values(**former))
        changed = {"text": text, "material": material, "language": language, "revision": brief.revision + 1}
        return _brief(
            await self._sql.the_row(update(briefs).where(briefs.c.id == brief.id).values(**changed).returning(briefs))
        )

    async def revisions(self, brief_id: int) -> Sequence[Revision]:
        query = (
            select(brief_revisions).where(brief_revisions.c.brief_id == brief_id).order_by(brief_revisions.c.revision)
        )
        return [Revision(row.revision, row.text, row.created_at) for row in await self._sql.rows(query)]


def _carried_by(task: Task, chat_id: int, message_id: int | None) -> Select[Any]:
    return select(briefs).where(briefs.c.chat_id == chat_id, briefs.c.message_id == message_id, briefs.c.task == task)


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
