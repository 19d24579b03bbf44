"""What a person gives to the knowledge base, on its way into it."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

from services.domain.chat import ChatAddress
from services.domain.language import Language


class LearningKind(StrEnum):
    FILE = "file"
    LINK = "link"


class LearningState(StrEnum):
    RECEIVED = "received"
    FETCHED = "fetched"
    """The original is in the file store."""
    READ = "read"
    """Its passages are in SQL and found by their words; vectors are being made."""
    DONE = "done"
    UNCHANGED = "unchanged"
    """The same content was there already."""
    FAILED = "failed"
    """Plainly: nothing of it is in the knowledge base, unless its `document_ids` say so."""
    CANCELLED = "cancelled"


FINISHED = frozenset(
    {LearningState.DONE, LearningState.UNCHANGED, LearningState.FAILED, LearningState.CANCELLED},
)


@dataclass(frozen=True, slots=True)
class Learning:
    """One file or link."""

    id: int
    lesson_id: int
    position: int
    """Order in the lesson."""
    kind: LearningKind
    place: str
    """Telegram's file id, or the address."""
    file_name: str
    """As the person knows it; of a link, the address."""
    state: LearningState = LearningState.RECEIVED
    size_bytes: int | None = None
    file_key: str | None = None
    document_ids: tuple[int, ...] = ()
    """Several, of an archive."""
    done: int = 0
    """Passages that have their vectors, of `total`."""
    total: int = 0
    error_code: str | None = None
    error_facts: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """`DocumentFlag`s, and "near:TITLE" of a document that says nearly the same."""
    start_at: dt.datetime | None = None
    """Not before: the last try failed for a while."""
    finished_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Lesson:
    """What came together: one message, or an album. It has one screen."""

    id: int
    key: str
    member_id: int
    project_id: int
    language: Language
    address: ChatAddress
    """The message with the file."""
    screen_message_id: int | None
    version: int
    """Grows with everything that can be seen."""
    learnings: tuple[Learning, ...]
    created_at: dt.datetime
