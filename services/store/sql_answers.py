"""Marks under answers, and the golden questions that came of them."""

from collections.abc import Sequence

from sqlalchemy import select

from services.domain.answer_mark import AnswerMark, KnownQuestion
from services.store.sql_connection import SqlRepository
from services.store.tables import answer_marks, golden_questions


class SqlAnswerMarks(SqlRepository):
    async def put(self, generation_id: int, member_id: int, mark: AnswerMark) -> bool:
        values = {"mark": mark.value, "at": self._sql.now()}
        changed = await self._sql.run(
            self._sql.insert(answer_marks)
            .values(generation_id=generation_id, member_id=member_id, **values)
            .on_conflict_do_update(
                index_elements=["generation_id", "member_id"], set_=values, where=answer_marks.c.mark != mark.value
            )
        )
        return changed > 0

    async def of_generation(self, generation_id: int) -> dict[int, AnswerMark]:
        rows = await self._sql.rows(select(answer_marks).where(answer_marks.c.generation_id == generation_id))
        return {row.member_id: AnswerMark(row.mark) for row in rows}


class SqlKnownQuestions(SqlRepository):
    async def put(self, question: KnownQuestion) -> None:
        told = {
            "relevant": list(question.relevant),
            "generation_id": question.generation_id,
            "member_id": question.member_id,
            "at": self._sql.now(),
        }
        await self._sql.run(
            self._sql.insert(golden_questions)
            .values(project_id=question.project_id, question=question.question, **told)
            .on_conflict_do_update(index_elements=["project_id", "question"], set_=told)
        )

    async def list(self, project_id: int) -> Sequence[KnownQuestion]:
        query = select(golden_questions).where(golden_questions.c.project_id == project_id)
        return [
            KnownQuestion(row.project_id, row.question, tuple(row.relevant), row.member_id, row.generation_id, row.at)
            for row in await self._sql.rows(query.order_by(golden_questions.c.id))
        ]
