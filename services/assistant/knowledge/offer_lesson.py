"""A file came without a word: ask what it is for."""

from collections.abc import Sequence
from pathlib import PurePath

from services.assistant.knowledge.lesson_ports import LessonRunner
from services.domain.errors import NotAllowed
from services.domain.learning import LearningState, Lesson, NewLearning, NewLesson
from services.domain.member import Member
from services.store.ports import Store


class OfferLesson:
    def __init__(self, store: Store, runner: LessonRunner, suffixes: frozenset[str]) -> None:
        """`suffixes`: lower case, with the dot: of files that are worth an offer."""
        self._store = store
        self._runner = runner
        self._suffixes = suffixes

    async def __call__(self, member: Member, new: NewLesson, learnings: Sequence[NewLearning]) -> Lesson | None:
        """None: nothing that could be read, as far as its name tells. Raises NotAllowed."""
        if not member.is_active:
            raise NotAllowed
        worth_it = [each for each in learnings if PurePath(each.file_name).suffix.lower() in self._suffixes]
        if not worth_it:
            return None
        async with self._store.transaction() as tx:
            lesson = await tx.lessons.open(new)
            await tx.lessons.add(lesson.id, worth_it, _state_in(lesson))
        self._runner.wake(lesson.id)
        return lesson


def _state_in(lesson: Lesson) -> LearningState:
    """Another file of an album is learned when the first one is."""
    return LearningState.OFFERED if lesson.is_offered else LearningState.RECEIVED
