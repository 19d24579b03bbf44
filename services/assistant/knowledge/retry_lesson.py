"""Once more what failed: from the beginning, because what a former try left is being cleared away."""

from services.assistant.knowledge.lesson_ports import LessonRunner
from services.assistant.knowledge.own_lesson import gone, may_be_tried_again, own_lesson
from services.domain.learning import LearningState
from services.domain.member import Member
from services.store.ports import Store


class RetryLesson:
    def __init__(self, store: Store, runner: LessonRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, lesson_id: int) -> None:
        """Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            lesson = await own_lesson(tx, member, lesson_id)
            again = [learning for learning in lesson.learnings if may_be_tried_again(learning)]
            if not again:
                raise gone()
            for learning in again:
                await tx.lessons.advance(
                    learning.id,
                    LearningState.FAILED,
                    LearningState.RECEIVED,
                    start_at=None,
                    error_code=None,
                    error_facts={},
                    notes=(),
                    done=0,
                    total=0,
                )
        self._runner.wake(lesson_id)
