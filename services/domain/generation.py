"""One attempt to answer a brief, and the states it goes through.

queued ─► running ─► in_review ─► approved | changes_requested | rejected
              │          ├─► superseded (a newer attempt is on the screen)
              │          └─► expired (nobody decided for weeks; a decision is still possible)
              │              ...any of these may still be approved: people return to the older one
              ├─► answered (a question: nothing to approve)
              ├─► failed (can be retried: back to queued)
              └─► stopped (by a person; can be retried)
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from services.domain.cached_draft import CacheKind
from services.domain.chat import ChatAddress
from services.domain.idea import Draft
from services.domain.usage import Usage


class GenerationState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    IN_REVIEW = "in_review"
    ANSWERED = "answered"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"
    FAILED = "failed"
    STOPPED = "stopped"


S = GenerationState
TRANSITIONS: dict[GenerationState, frozenset[GenerationState]] = {
    S.QUEUED: frozenset({S.RUNNING, S.STOPPED, S.FAILED}),
    S.RUNNING: frozenset({S.QUEUED, S.IN_REVIEW, S.ANSWERED, S.FAILED, S.STOPPED}),
    S.IN_REVIEW: frozenset({S.APPROVED, S.CHANGES_REQUESTED, S.REJECTED, S.SUPERSEDED, S.EXPIRED}),
    S.CHANGES_REQUESTED: frozenset({S.APPROVED, S.SUPERSEDED}),
    S.REJECTED: frozenset({S.APPROVED, S.SUPERSEDED}),
    S.FAILED: frozenset({S.QUEUED, S.SUPERSEDED}),
    S.STOPPED: frozenset({S.QUEUED, S.SUPERSEDED}),
    S.ANSWERED: frozenset({S.SUPERSEDED}),
    S.APPROVED: frozenset(),
    S.SUPERSEDED: frozenset({S.APPROVED}),
    S.EXPIRED: frozenset({S.APPROVED, S.CHANGES_REQUESTED, S.REJECTED, S.SUPERSEDED}),
}
ACTIVE_STATES = frozenset({S.QUEUED, S.RUNNING})
REVIEWABLE = frozenset({S.IN_REVIEW, S.CHANGES_REQUESTED, S.REJECTED, S.SUPERSEDED, S.EXPIRED})
"""Ideas in these states can be approved, as long as no other attempt of the brief is."""


class Stage(StrEnum):
    """Steps of a run, in order; shown to the person while they last."""

    GUARD = "guard"
    RETRIEVE = "retrieve"
    COMPOSE = "compose"
    DRAFT = "draft"
    VALIDATE = "validate"
    REPAIR = "repair"
    SETTLE = "settle"
    DELIVER = "deliver"


class Chip(StrEnum):
    """Ready reasons on the Regenerate button."""

    BOLDER = "bolder"
    SHORTER = "shorter"
    ANOTHER_ANGLE = "another_angle"


@dataclass(frozen=True, slots=True)
class PromptRelease:
    """Which text the model was given: enough to reproduce the generation."""

    name: str
    version: str
    content_hash: str
    """SHA-256, hex, of the template files."""


@dataclass(frozen=True, slots=True)
class Generation:
    id: int
    brief_id: int
    number: int
    """1-based attempt within its brief."""
    state: GenerationState
    version: int
    """Grows at every change of state; a button carries it, and a press on an older one changes nothing."""
    requested_by: int
    """Member id of the person whose wish started this attempt."""
    parent_id: int | None = None
    """The attempt that this one regenerates or refines."""
    chip: Chip | None = None
    instruction: str = ""
    """The person's own words for Regenerate or Refine."""
    reply_to: ChatAddress | None = None
    """The message with the words that asked for this attempt: the brief itself, or a later refinement."""
    placeholder: ChatAddress | None = None
    """The message that shows this attempt; recorded as soon as it exists, so that the final is an edit of it."""
    draft: Draft | None = None
    text: str = ""
    """Model output as received; saved every few seconds while it streams."""
    text_complete: bool = False
    """True once the stream ended with a finish reason: after a crash such text is delivered, not generated again."""
    model: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    prompt: PromptRelease | None = None
    usage: Usage | None = None
    error_code: str | None = None
    error_facts: dict[str, int | str] = field(default_factory=dict)
    """For the sentence that tells it."""
    lease_owner: str | None = None
    """The process that runs it or, after its end, shows it: None once it is shown."""
    lease_token: int = 0
    """Fencing token: grows each time the lease is taken; a write with an older one is refused."""
    lease_until: datetime | None = None
    created_at: datetime | None = None
    finished_at: datetime | None = None
    delivered_at: datetime | None = None
    """When its end was on the person's screen; None while that is not known."""
    brief_revision: int = 1
    """The text of the brief that this attempt answers."""
    continuation: tuple[int, ...] = ()
    """Message ids of the further parts of a long final, in order, so that showing it again edits them."""
    reminders: int = 0
    reminded_at: datetime | None = None

    @property
    def cache(self) -> CacheKind | None:
        """What found this draft, which was written for another attempt; None for one that a model wrote."""
        kind = self.parameters.get("cache")
        return CacheKind(kind) if kind in set(CacheKind) else None

    def is_shown_in(self, message: ChatAddress) -> bool:
        """`message` is one of those that show this attempt."""
        if self.placeholder is None or self.placeholder.chat_id != message.chat_id:
            return False
        return message.message_id in (self.placeholder.message_id, *self.continuation)
