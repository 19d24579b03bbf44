"""Lessons that tests begin with."""

from dataclasses import replace
from typing import Any

from services.domain.chat import ChatAddress
from services.domain.language import Language
from services.domain.learning import LearningKind, LearningState, Lesson, NewLearning, NewLesson
from services.store.ports import Store
from tests.store_rows import a_member, a_project, numbers


async def new_lesson(store: Store, **facts: Any) -> NewLesson:
    member, project = await a_member(store), await a_project(store)
    number = next(numbers)
    new = NewLesson(
        key=f"message:{member.telegram_id}:{number}",
        member_id=member.id,
        project_id=project.id,
        language=Language.RUSSIAN,
        address=ChatAddress(member.telegram_id, None, number),
    )
    return replace(new, **facts)


def a_file(position: int = 1, **facts: Any) -> NewLearning:
    new = NewLearning(position, LearningKind.FILE, f"BQACAgIAAxkBAAI{position}", f"прайс {position}.pdf", 1_000)
    return replace(new, **facts)


async def a_lesson(
    store: Store, *files: NewLearning, state: LearningState = LearningState.RECEIVED, **facts: Any
) -> Lesson:
    new = await new_lesson(store, **facts)
    async with store.transaction() as tx:
        lesson = await tx.lessons.open(new)
        await tx.lessons.add(lesson.id, files or (a_file(),), state)
        found = await tx.lessons.get(lesson.id)
    assert found is not None
    return found
