"""A lesson as rows, and back."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row

from services.domain.chat import ChatAddress
from services.domain.learning import Learning, Lesson


def to_learning(row: Row[Any]) -> Learning:
    return Learning(
        id=row.id,
        lesson_id=row.lesson_id,
        position=row.position,
        kind=row.kind,
        place=row.place,
        file_name=row.file_name,
        state=row.state,
        size_bytes=row.size_bytes,
        file_key=row.file_key,
        document_ids=tuple(row.document_ids or ()),
        done=row.done,
        total=row.total,
        error_code=row.error_code,
        error_facts=row.error_facts or {},
        notes=tuple(row.notes or ()),
        note=row.note,
        tries=row.tries,
        start_at=row.start_at,
        finished_at=row.finished_at,
    )


def to_lesson(row: Row[Any], learnings: Iterable[Learning]) -> Lesson:
    return Lesson(
        id=row.id,
        key=row.key,
        member_id=row.member_id,
        project_id=row.project_id,
        language=row.language,
        address=ChatAddress(row.chat_id, row.topic_id, row.message_id),
        screen_message_id=row.screen_message_id,
        version=row.version,
        shown_version=row.shown_version,
        learnings=tuple(learnings),
        created_at=row.created_at,
    )


def column_values(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in changes.items()}
