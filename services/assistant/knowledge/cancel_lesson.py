"""Cancel: what is not learned yet is not learned."""

from services.assistant.knowledge.lesson_ports import LessonRunner
from services.assistant.knowledge.own_lesson import gone, own_lesson
from services.domain.learning import STOPPABLE, LearningState
from services.domain.member import Member
from services.store.ports import Store


class CancelLesson:
    def __init__(self, store: Store, runner: LessonRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, lesson_id: int) -> None:
        """What is in the knowledge base already stays there. Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            await own_lesson(tx, member, lesson_id)
            if not await tx.lessons.move(lesson_id, STOPPABLE, LearningState.CANCELLED):
                raise gone()
        self._runner.wake(lesson_id)
