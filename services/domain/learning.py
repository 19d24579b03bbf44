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
    OFFERED = "offered"
    """It was sent without a word: a button asks whether it is meant for the knowledge base."""
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
AT_WORK = frozenset({LearningState.RECEIVED, LearningState.FETCHED, LearningState.READ})
STOPPABLE = frozenset({LearningState.OFFERED, LearningState.RECEIVED, LearningState.FETCHED})
"""Nothing of it, or not all of it, is in the knowledge base: cancelling has a meaning."""
NEAR = "near:"
SAME = "same:"
"""A note that begins so names a document that says nearly, or exactly, the same."""


@dataclass(frozen=True, slots=True)
class NewLearning:
    position: int
    kind: LearningKind
    place: str
    file_name: str
    size_bytes: int | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class NewLesson:
    key: str
    """Says the same of an update that comes twice, and of all messages of an album."""
    member_id: int
    project_id: int
    language: Language
    address: ChatAddress


@dataclass(frozen=True, slots=True)
class Learning:
    """One file or link."""

    id: int
    lesson_id: int
    position: int
    """Order in the lesson: the id of the message with the file, the place of a link among the others."""
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
    """READ and later: passages that have their vectors, of `total`. FETCHED: documents of an archive that are cut."""
    total: int = 0
    error_code: str | None = None
    error_facts: dict[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """`DocumentFlag`s, and titles of other documents behind NEAR or SAME."""
    note: str | None = None
    """What the person said of it."""
    tries: int = 0
    """How often the step that it waits for was begun."""
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
    shown_version: int
    learnings: tuple[Learning, ...]
    created_at: dt.datetime

    @property
    def is_offered(self) -> bool:
        """The person has not said yet what it is for."""
        return all(learning.state is LearningState.OFFERED for learning in self.learnings)

    @property
    def is_at_work(self) -> bool:
        return any(learning.state in AT_WORK for learning in self.learnings)

    @property
    def screen(self) -> ChatAddress | None:
        return None if self.screen_message_id is None else self.address.at(self.screen_message_id)
