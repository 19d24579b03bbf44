"""A recording as a row, and back."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.generation import Chip
from services.domain.minutes import Minutes, Point
from services.domain.recording import Intent, Piece, Recording, SpokenAction, SpokenRequest
from services.domain.transcript import Segment, Transcript

_JSON_FIELDS = ("intent", "minutes")


def to_recording(row: Row[Any]) -> Recording:
    screen = (
        None
        if row.screen_chat_id is None
        else ChatAddress(row.screen_chat_id, row.screen_topic_id, row.screen_message_id)
    )
    return Recording(
        id=row.id,
        member_id=row.member_id,
        project_id=row.project_id,
        address=ChatAddress(row.chat_id, row.topic_id, row.message_id),
        kind=row.kind,
        state=row.state,
        version=row.version,
        shown_version=row.shown_version,
        language=row.language,
        file_id=row.file_id,
        file_name=row.file_name,
        mime_type=row.mime_type,
        size_bytes=row.size_bytes,
        duration_ms=row.duration_ms,
        is_long=row.is_long,
        request=_request(row.request),
        screen=screen,
        file_key=row.file_key,
        pieces=row.pieces,
        text=row.text,
        is_corrected=row.is_corrected,
        heard_language=row.heard_language,
        confidence=row.confidence,
        intent=None if row.intent is None else _intent(row.intent),
        start_at=row.start_at,
        minutes=None if row.minutes is None else _minutes(row.minutes),
        document_id=row.document_id,
        error_code=row.error_code,
        error_facts=row.error_facts,
        failed_in=row.failed_in,
        created_at=row.created_at,
        finished_at=row.finished_at,
    )


def to_piece(row: Row[Any]) -> Piece:
    return Piece(
        recording_id=row.recording_id,
        number=row.number,
        start_ms=row.start_ms,
        end_ms=row.end_ms,
        file_key=row.file_key,
        transcript=None if row.transcript is None else _transcript(row.transcript),
    )


def as_json(value: Any) -> dict[str, Any] | None:
    """Of a frozen dataclass of this domain. Enums are strings."""
    return None if value is None else asdict(value)


def column_values(changes: dict[str, Any]) -> dict[str, Any]:
    return {name: as_json(value) if name in _JSON_FIELDS else value for name, value in changes.items()}


def _request(value: dict[str, Any]) -> SpokenRequest:
    task = value["task"]
    return SpokenRequest(**{**value, "task": None if task is None else Task(task)})


def _intent(value: dict[str, Any]) -> Intent:
    chip, wanted = value["chip"], value["wanted"]
    known = {
        "action": SpokenAction(value["action"]),
        "chip": None if chip is None else Chip(chip),
        "wanted": None if wanted is None else SpokenAction(wanted),
    }
    return Intent(**{**value, **known})


def _minutes(value: dict[str, Any]) -> Minutes:
    points = {name: tuple(Point(**point) for point in value[name]) for name in ("decisions", "tasks", "ideas")}
    return Minutes(value["title"], value["summary"], **points)


def _transcript(value: dict[str, Any]) -> Transcript:
    segments = tuple(Segment(**segment) for segment in value["segments"])
    return Transcript(value["text"], value["language"], segments, value["confidence"])
