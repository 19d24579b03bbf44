"""Rules that every decision about a lesson shares."""

from services.domain.errors import DocumentRefused, LinkRefused, MuzaError, NotAllowed, StaleAction
from services.domain.learning import Learning, LearningState, Lesson
from services.domain.member import Member
from services.store.ports import Transaction


async def own_lesson(tx: Transaction, member: Member, lesson_id: int) -> Lesson:
    """Loaded and locked. Who gave it decides about it; so does who may approve. Raises StaleAction, NotAllowed."""
    lesson = await tx.lessons.lock(lesson_id)
    if lesson is None:
        raise gone()
    if not (member.is_active and (member.may_approve or member.id == lesson.member_id)):
        raise NotAllowed
    return lesson


def gone() -> StaleAction:
    return StaleAction("the lesson has moved on", state="lesson_over")


def may_be_tried_again(learning: Learning) -> bool:
    """Not where the same file would be refused the same way."""
    return learning.state is LearningState.FAILED and learning.error_code not in _FINAL


def _codes(kind: type[MuzaError]) -> set[str]:
    return {kind.code}.union(*(_codes(more) for more in kind.__subclasses__()))


_FINAL = frozenset(_codes(DocumentRefused) | {LinkRefused.code})
