"""Files of an album that come late, when the others are being learned."""

from collections.abc import Sequence

from services.assistant.knowledge.lesson_ports import LessonRunner
from services.domain.learning import LearningState, NewLearning
from services.domain.member import Member
from services.store.ports import Store


class JoinLesson:
    def __init__(self, store: Store, runner: LessonRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, key: str, learnings: Sequence[NewLearning]) -> bool | None:
        """False or None: there is no such lesson of this person's, or nobody has said yet what it is for."""
        async with self._store.transaction() as tx:
            lesson = await tx.lessons.by_key(key)
            if lesson is None or lesson.is_offered or lesson.member_id != member.id:
                return False
            await tx.lessons.add(lesson.id, learnings, LearningState.RECEIVED)
        self._runner.wake(lesson.id)
        return True
