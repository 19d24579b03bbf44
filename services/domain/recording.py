"""A voice message, an audio file or a meeting, and the states it goes through.

received ─► fetched ─► prepared ─► transcribed ─► waiting ─► done
    │           │          │            │   ▲ corrected │
    │           │          │            │   └───────────┘
    │           │          │            └─► done (a long one: its minutes are written, nothing is started)
    │           └─► silent (nobody speaks in it: nothing was billed)
    └─► failed (can be tried again: what was reached is kept) | cancelled (by a person), from any state before done
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.generation import Chip
from services.domain.language import Language
from services.domain.minutes import Minutes
from services.domain.transcript import Transcript


class RecordingKind(StrEnum):
    VOICE = "voice"
    VIDEO_NOTE = "video_note"
    AUDIO = "audio"
    VIDEO = "video"
    DOCUMENT = "document"


class RecordingState(StrEnum):
    RECEIVED = "received"
    FETCHED = "fetched"
    """The file is in our storage."""
    PREPARED = "prepared"
    """Cut at silences into pieces of 16 kHz mono."""
    TRANSCRIBED = "transcribed"
    """Every piece has its text."""
    WAITING = "waiting"
    """The transcript is shown: a person may correct it, start, or let it start by itself at `start_at`."""
    DONE = "done"
    SILENT = "silent"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = RecordingState
TRANSITIONS: dict[RecordingState, frozenset[RecordingState]] = {
    S.RECEIVED: frozenset({S.FETCHED, S.FAILED, S.CANCELLED}),
    S.FETCHED: frozenset({S.PREPARED, S.SILENT, S.FAILED, S.CANCELLED}),
    S.PREPARED: frozenset({S.TRANSCRIBED, S.SILENT, S.FAILED, S.CANCELLED}),
    S.TRANSCRIBED: frozenset({S.WAITING, S.DONE, S.FAILED, S.CANCELLED}),
    S.WAITING: frozenset({S.TRANSCRIBED, S.DONE, S.FAILED, S.CANCELLED}),
    S.FAILED: frozenset({S.RECEIVED, S.FETCHED, S.PREPARED, S.TRANSCRIBED, S.WAITING, S.CANCELLED}),
    S.CANCELLED: frozenset(),
    S.SILENT: frozenset(),
    S.DONE: frozenset({S.TRANSCRIBED}),  # minutes that could not be written then are asked for again
}
AT_WORK = frozenset({S.RECEIVED, S.FETCHED, S.PREPARED, S.TRANSCRIBED})
"""A process works on it, or should."""
OVER = frozenset({S.DONE, S.SILENT, S.CANCELLED})


@dataclass(frozen=True, slots=True)
class SpokenRequest:
    """What the message itself tells about why it was sent. JSON in the database."""

    is_own: bool = True
    """False: forwarded, or somebody else's message that a command answers. Its words are material, never an order."""
    task: Task | None = None
    """By a command: /idea or /ask in its caption or in a reply to it."""
    words: str = ""
    """Of the caption or after the command: the person's own, to go with what is heard."""
    text_only: bool = False
    """/transcribe: the text is all that is wanted."""
    answered_message_id: int | None = None
    """Muza's message that it replies to."""
    quote: str = ""
    """The part of it that the person marked."""
    purpose: str | None = None
    """Of the question of Muza's that it answers."""
    payload: dict[str, Any] = field(default_factory=dict)


class SpokenAction(StrEnum):
    IDEA = "idea"
    ASK = "ask"
    REFINE = "refine"
    REGENERATE = "regenerate"
    APPROVE = "approve"
    ANSWER = "answer"
    """The question of Muza's that waits for words."""
    CHOOSE = "choose"
    """It cannot be told: the person is asked by buttons."""


@dataclass(frozen=True, slots=True)
class Intent:
    """What the person wants, as far as it was understood. JSON in the database."""

    action: SpokenAction
    text: str = ""
    """Brief, question or instruction: the transcript without the words that were a command to us."""
    chip: Chip | None = None
    generation_id: int | None = None
    """The draft that REFINE, REGENERATE or APPROVE is about."""
    version: int | None = None
    """Of that draft when it was understood so: a later one is not approved by these words."""
    is_certain: bool = True
    """False: nothing starts before a tap."""
    wanted: SpokenAction | None = None
    """Of CHOOSE: APPROVE or REGENERATE, said plainly where no draft is meant, or several could be."""


@dataclass(frozen=True, slots=True)
class NewRecording:
    member_id: int
    project_id: int
    address: ChatAddress
    """The message that carries it: the business key, so a message that comes twice is heard once."""
    kind: RecordingKind
    language: Language
    """Of the texts around it."""
    file_id: str
    """Telegram's: good for a download as long as the bot has its token."""
    file_name: str | None = None
    mime_type: str | None = None
    size_bytes: int | None = None
    duration_ms: int | None = None
    """As Telegram tells; None: it does not."""
    is_long: bool = False
    """A meeting: worked on by the heavy worker, ends in minutes instead of ideas."""
    request: SpokenRequest = field(default_factory=SpokenRequest)


@dataclass(frozen=True, slots=True)
class Recording:
    id: int
    member_id: int
    project_id: int
    address: ChatAddress
    kind: RecordingKind
    state: RecordingState
    version: int
    """Grows with everything a person could see; a button carries it."""
    shown_version: int
    """What the screen shows; behind `version` while somebody has to draw it."""
    language: Language
    file_id: str
    file_name: str | None
    mime_type: str | None
    size_bytes: int | None
    duration_ms: int | None
    is_long: bool
    request: SpokenRequest
    screen: ChatAddress | None = None
    """Muza's one message about it."""
    file_key: str | None = None
    """In the file store, once fetched; None again when it was purged."""
    pieces: int | None = None
    """How many, once prepared."""
    text: str = ""
    """What was heard, as the person corrected it."""
    is_corrected: bool = False
    heard_language: str | None = None
    confidence: float | None = None
    intent: Intent | None = None
    start_at: datetime | None = None
    """WAITING only: when it starts by itself; None: a tap is needed."""
    minutes: Minutes | None = None
    document_id: int | None = None
    """In the knowledge base, once a person put it there."""
    error_code: str | None = None
    error_facts: dict[str, int | str] = field(default_factory=dict)
    failed_in: RecordingState | None = None
    """Where FAILED goes on when it is tried again."""
    created_at: datetime | None = None
    finished_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a recording between two silences: what is sent to a model at once and never twice."""

    recording_id: int
    number: int
    """0-based."""
    start_ms: int
    end_ms: int
    file_key: str
    transcript: Transcript | None = None
    """Times are of the whole recording. None: not heard yet."""
