"""Yes: what was sent without a word is for the knowledge base."""

from services.assistant.knowledge.lesson_ports import LessonRunner
from services.assistant.knowledge.own_lesson import gone, own_lesson
from services.domain.failpoint import FailPoint, reached
from services.domain.learning import LearningState
from services.domain.member import Member
from services.store.ports import Store


class AcceptOffer:
    def __init__(self, store: Store, runner: LessonRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, lesson_id: int) -> None:
        """Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            await own_lesson(tx, member, lesson_id)
            if not await tx.lessons.move(lesson_id, {LearningState.OFFERED}, LearningState.RECEIVED):
                raise gone()
        reached(FailPoint.LESSON_STORED)
        self._runner.wake(lesson_id)
