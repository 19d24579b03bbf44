"""Lessons, and what is learned in them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import Select, Update, and_, delete, exists, func, or_, select, text, update

from services.domain.learning import FINISHED, Learning, LearningState, Lesson, NewLearning, NewLesson
from services.store.lesson_row import column_values, to_learning, to_lesson
from services.store.ports_lessons import LearningChanges
from services.store.sql_connection import SqlRepository
from services.store.tables_knowledge import documents, passage_embeddings, passages
from services.store.tables_learning import BEHIND, NOT_WANTED, UNFINISHED, learnings, lessons

_S, _L = lessons.c, learnings.c


class SqlLessons(SqlRepository):
    async def open(self, new: NewLesson) -> Lesson:
        await self._sql.run(
            self._sql.insert(lessons)
            .values(
                key=new.key,
                member_id=new.member_id,
                project_id=new.project_id,
                language=new.language,
                chat_id=new.address.chat_id,
                topic_id=new.address.topic_id,
                message_id=new.address.message_id,
                version=1,
                shown_version=0,
                created_at=self._sql.now(),
            )
            .on_conflict_do_nothing(index_elements=["key"])
        )
        (lesson,) = await self._many(select(lessons).where(_S.key == new.key).with_for_update())
        return lesson

    async def add(self, lesson_id: int, new: Sequence[NewLearning], state: LearningState) -> int:
        rows = [
            {
                "lesson_id": lesson_id,
                "position": learning.position,
                "kind": learning.kind,
                "place": learning.place,
                "file_name": learning.file_name,
                "size_bytes": learning.size_bytes,
                "note": learning.note,
                "state": state,
                "done": 0,
                "total": 0,
                "tries": 0,
            }
            for learning in new
        ]
        known = await self._sql.rows(select(_L.position).where(_L.lesson_id == lesson_id))
        taken = {row.position for row in known}
        fresh = [row for row in rows if row["position"] not in taken]
        if fresh:
            await self._sql.run(self._sql.insert(learnings), fresh)
            await self._touch(lesson_id)
        return len(fresh)

    async def get(self, lesson_id: int) -> Lesson | None:
        return await self._one(select(lessons).where(_S.id == lesson_id))

    async def lock(self, lesson_id: int) -> Lesson | None:
        return await self._one(select(lessons).where(_S.id == lesson_id).with_for_update())

    async def by_key(self, key: str) -> Lesson | None:
        return await self._one(select(lessons).where(_S.key == key))

    async def rename(self, lesson_id: int, key: str) -> None:
        await self._sql.run(update(lessons).where(_S.id == lesson_id).values(key=key))

    async def move(
        self,
        lesson_id: int,
        from_states: Collection[LearningState],
        to: LearningState,
        **changes: Unpack[LearningChanges],
    ) -> Sequence[int]:
        which = and_(_L.lesson_id == lesson_id, _L.state.in_(from_states))
        moved = await self._sql.rows(self._changed(to, dict(changes)).where(which).values(tries=0).returning(_L.id))
        if moved:
            await self._touch(lesson_id)
        return sorted(row.id for row in moved)

    async def learning(self, learning_id: int) -> Learning | None:
        row = await self._sql.row(select(learnings).where(_L.id == learning_id))
        return to_learning(row) if row else None

    async def advance(
        self, learning_id: int, from_state: LearningState, to: LearningState, **changes: Unpack[LearningChanges]
    ) -> Learning | None:
        values = dict(changes) if to is from_state else {"tries": 0, **changes}
        which = and_(_L.id == learning_id, _L.state == from_state)
        row = await self._sql.row(self._changed(to, values).where(which).returning(learnings))
        if row is None:
            return None
        await self._touch(row.lesson_id)
        return to_learning(row)

    async def begin(self, learning_id: int, state: LearningState) -> int | None:
        which = update(learnings).where(_L.id == learning_id, _L.state == state)
        row = await self._sql.row(which.values(tries=_L.tries + 1).returning(_L.tries))
        return row.tries if row else None

    async def to_do(self, states: Collection[LearningState], now: datetime) -> Sequence[Learning]:
        due = or_(_L.start_at.is_(None), _L.start_at <= now)
        query = select(learnings).where(text(UNFINISHED), _L.state.in_(states), due)
        return [to_learning(row) for row in await self._sql.rows(query.order_by(_L.id))]

    async def embedded(self, document_ids: Sequence[int], model: str) -> tuple[int, int]:
        has_vector = and_(passage_embeddings.c.passage_id == passages.c.id, passage_embeddings.c.model == model)
        query = (
            select(func.count().label("total"), func.count(passage_embeddings.c.passage_id).label("done"))
            .select_from(passages.outerjoin(passage_embeddings, has_vector))
            .where(passages.c.document_id.in_(document_ids))
        )
        row = await self._sql.the_row(query)
        return int(row.done), int(row.total)

    async def not_wanted(self, before: datetime, limit: int = 100) -> Sequence[Learning]:
        few = select(learnings).where(text(NOT_WANTED), _L.id > 0, _L.finished_at < before)
        return [to_learning(row) for row in await self._sql.rows(few.order_by(_L.id).limit(limit))]

    async def documents_of(self, file_key: str) -> Sequence[tuple[int, int]]:
        query = select(documents.c.id, documents.c.version).where(documents.c.file_key == file_key)
        return [(row.id, row.version) for row in await self._sql.rows(query.order_by(documents.c.id))]

    async def forget_file(self, learning_id: int) -> None:
        await self._sql.run(update(learnings).where(_L.id == learning_id).values(file_key=None))

    async def place(self, lesson_id: int, message_id: int, *, instead_of: int | None = None) -> bool:
        known = [message_id] if instead_of is None else [message_id, instead_of]
        free = or_(_S.screen_message_id.is_(None), _S.screen_message_id.in_(known))
        placed = update(lessons).where(_S.id == lesson_id, free).values(screen_message_id=message_id)
        return await self._sql.run(placed) == 1

    async def shown(self, lesson_id: int, version: int) -> bool:
        row = await self._sql.row(
            update(lessons)
            .where(_S.id == lesson_id, _S.shown_version <= version)
            .values(shown_version=version)
            .returning(_S.version)
        )
        return row is not None and row.version == version

    async def behind(self, limit: int = 100) -> Sequence[Lesson]:
        few = select(lessons).where(text(BEHIND), _S.version > 0)  # always true: makes SQLite look into their index
        return await self._many(few.order_by(_S.id).limit(limit))

    async def drop_offers(self, before: datetime, limit: int = 1000) -> int:
        wanted = exists().where(_L.lesson_id == _S.id, _L.state != LearningState.OFFERED)
        old = select(_S.id).where(_S.created_at < before, ~wanted).order_by(_S.id).limit(limit)
        ids = [row.id for row in await self._sql.rows(old)]
        if not ids:
            return 0
        await self._sql.run(delete(learnings).where(_L.lesson_id.in_(ids)))
        return await self._sql.run(delete(lessons).where(_S.id.in_(ids)))

    def _changed(self, to: LearningState, changes: dict[str, Any]) -> Update:
        finished_at = self._sql.now() if to in FINISHED else None
        return update(learnings).values(state=to, finished_at=finished_at, **column_values(changes))

    async def _touch(self, lesson_id: int) -> None:
        await self._sql.run(update(lessons).where(_S.id == lesson_id).values(version=_S.version + 1))

    async def _one(self, query: Select[Any]) -> Lesson | None:
        found = await self._many(query)
        return found[0] if found else None

    async def _many(self, query: Select[Any]) -> list[Lesson]:
        rows = await self._sql.rows(query)
        inside: dict[int, list[Learning]] = defaultdict(list)
        of_these = select(learnings).where(_L.lesson_id.in_([row.id for row in rows]))
        for row in await self._sql.rows(of_these.order_by(_L.position)) if rows else ():
            inside[row.lesson_id].append(to_learning(row))
        return [to_lesson(row, inside[row.id]) for row in rows]
