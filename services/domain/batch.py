"""Many briefs at once, overnight and at half the price.

received ─► estimated ─► confirmed ─► uploaded ─► submitted ─► finished | failed | cancelled
   │            │            │            │
   └────────────┴────────────┴────────────┴─► failed, or cancelled before anything was asked
submitted ─► confirmed: the model refused an option of every request, so nothing was done; asked again without it

Before `confirmed` nothing is reserved; before `submitted` nothing is owed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.domain.chat import ChatAddress
from services.domain.generation import PromptRelease
from services.domain.idea import Draft
from services.domain.language import Language

MOST_BRIEFS = 500
"""In one file. More nobody reads in the morning."""


class BatchState(StrEnum):
    RECEIVED = "received"
    ESTIMATED = "estimated"
    CONFIRMED = "confirmed"
    UPLOADED = "uploaded"
    SUBMITTED = "submitted"
    FINISHED = "finished"
    FAILED = "failed"
    CANCELLED = "cancelled"


S = BatchState
TRANSITIONS: dict[BatchState, frozenset[BatchState]] = {
    S.RECEIVED: frozenset({S.ESTIMATED, S.FAILED, S.CANCELLED}),
    S.ESTIMATED: frozenset({S.CONFIRMED, S.CANCELLED}),
    S.CONFIRMED: frozenset({S.UPLOADED, S.SUBMITTED, S.FAILED, S.CANCELLED}),
    S.UPLOADED: frozenset({S.SUBMITTED, S.FAILED, S.CANCELLED}),
    S.SUBMITTED: frozenset({S.CONFIRMED, S.FINISHED, S.FAILED, S.CANCELLED}),
    S.FINISHED: frozenset(),
    S.FAILED: frozenset(),
    S.CANCELLED: frozenset(),
}
OVER = frozenset({S.FINISHED, S.FAILED, S.CANCELLED})
AT_WORK = frozenset({S.RECEIVED, S.CONFIRMED, S.UPLOADED, S.SUBMITTED})
"""Nobody but the bot moves it on."""
PAID = frozenset({S.CONFIRMED, S.UPLOADED, S.SUBMITTED})
"""Money is reserved."""


class LineState(StrEnum):
    WAITING = "waiting"
    """Of the prompt, or of the answer."""
    ANSWERED = "answered"
    FAILED = "failed"
    EXPIRED = "expired"
    """The provider had no time for it."""
    CANCELLED = "cancelled"


class SkipReason(StrEnum):
    TOO_LONG = "too_long"
    DUPLICATE = "duplicate"
    NO_WORDS = "no_words"


class CancelReason(StrEnum):
    PERSON = "person"
    HALTED = "halted"


@dataclass(frozen=True, slots=True)
class SkippedLine:
    number: int
    """In the file, 1-based; so are the numbers of briefs."""
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class BriefLine:
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class NewBatch:
    key: str
    """Ours, told to the provider: what was created and not written down is found again by it."""
    member_id: int
    project_id: int
    address: ChatAddress
    """The person's message: it starts one batch, however often it arrives."""
    file_name: str
    language: Language
    lines: tuple[BriefLine, ...]
    skipped: tuple[SkippedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Batch:
    id: int
    key: str
    member_id: int
    project_id: int
    address: ChatAddress
    file_name: str
    language: Language
    state: BatchState
    version: int
    """Grows at every change that is seen; a button carries it."""
    total: int
    skipped: tuple[SkippedLine, ...] = ()
    screen: ChatAddress | None = None
    prepared: int = 0
    """Lines whose prompts are ready."""
    provider: str | None = None
    model: str | None = None
    likely_microusd: int = 0
    """At the batch price; so is the next."""
    most_microusd: int = 0
    now_microusd: int = 0
    """The likely price of the same work at once."""
    budget_day: date | None = None
    file_id: str | None = None
    provider_id: str | None = None
    done: int = 0
    """Lines that the provider says are through, well or badly."""
    cancel_reason: CancelReason | None = None
    error_code: str | None = None
    created_at: datetime | None = None
    submitted_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def is_over(self) -> bool:
        return self.state in OVER


@dataclass(frozen=True, slots=True)
class LinePrompt:
    """What is sent for a line, and what it may cost."""

    body: dict[str, Any]
    """Of the request, as the endpoint takes it."""
    release: PromptRelease
    role: str
    passages: int
    """How many numbered passages the model is shown."""
    tokens_in: int
    likely_microusd: int
    most_microusd: int
    now_microusd: int


@dataclass(frozen=True, slots=True)
class BatchLine:
    batch_id: int
    number: int
    text: str
    state: LineState
    prompt: LinePrompt | None = None
    draft: Draft | None = None
    error_code: str | None = None


@dataclass(frozen=True, slots=True)
class LineCounts:
    answered: int = 0
    failed: int = 0
    expired: int = 0
    cancelled: int = 0
    spent_microusd: int = 0
    unknown_price: int = 0
    """Answers of which nobody knows what they cost."""
