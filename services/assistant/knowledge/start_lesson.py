"""Something is to be learned: record it, and wake who fetches it."""

from collections.abc import Sequence

from services.assistant.knowledge.lesson_ports import LessonRunner
from services.domain.errors import NotAllowed
from services.domain.failpoint import FailPoint, reached
from services.domain.learning import LearningState, Lesson, NewLearning, NewLesson
from services.domain.member import Member
from services.store.ports import Store, Transaction


class StartLesson:
    def __init__(self, store: Store, runner: LessonRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(
        self, member: Member, new: NewLesson, learnings: Sequence[NewLearning], offered_as: str | None = None
    ) -> Lesson:
        """The same update arriving twice finds the lesson that it became; the files of an album, each in its own
        update, are one. `offered_as`: the key under which Muza asked what to do with it, if it did. Raises NotAllowed.
        """
        if not member.is_active:
            raise NotAllowed
        note = next((learning.note for learning in learnings if learning.note), None)
        async with self._store.transaction() as tx:
            if offered_as is not None and offered_as != new.key:
                await _take_over(tx, offered_as, new.key)
            lesson = await tx.lessons.open(new)
            known = {learning.place for learning in lesson.learnings}
            if fresh := [learning for learning in learnings if learning.place not in known]:
                await tx.lessons.add(lesson.id, fresh, LearningState.RECEIVED)
            changes = {"note": note} if note else {}
            await tx.lessons.move(lesson.id, {LearningState.OFFERED}, LearningState.RECEIVED, **changes)  # type: ignore[arg-type]
            started = await tx.lessons.get(lesson.id)
        reached(FailPoint.LESSON_STORED)
        self._runner.wake(lesson.id)
        return started or lesson


async def _take_over(tx: Transaction, offered_as: str, key: str) -> None:
    """What was offered goes on under the key of the command that takes it up; a second time it is not offered."""
    offered = await tx.lessons.by_key(offered_as)
    if offered is not None and offered.is_offered and await tx.lessons.by_key(key) is None:
        await tx.lessons.rename(offered.id, key)
