"""One message of an administrator to many people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.domain.chat import ChatAddress


class Audience(StrEnum):
    MEMBERS = "members"
    """Every active member, in their private chat."""
    APPROVERS = "approvers"
    """Active approvers and administrators, in their private chats."""
    GROUPS = "groups"
    """Every group in which Muza works."""


class BroadcastState(StrEnum):
    DRAFT = "draft"
    """Shown to its author for a last look; nothing is queued yet."""
    RUNNING = "running"
    STOPPED = "stopped"
    """By a person, before it was sent (then it has no `started_at`) or in the middle."""
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Broadcast:
    id: int
    author_id: int
    source: ChatAddress
    """The copy that its author was shown: what they saw is what people get, whatever becomes of their own message."""
    audience: Audience
    state: BroadcastState
    total: int
    """How many deliveries were queued."""
    progress: ChatAddress | None
    """The message with the progress bar."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    """Nothing of it is under way any more."""


@dataclass(frozen=True, slots=True)
class BroadcastCounts:
    """Deliveries by what became of them."""

    sent: int = 0
    waiting: int = 0
    """Queued, or being sent at this moment."""
    blocked: int = 0
    """The person has blocked the bot, or the bot was removed from the group."""
    failed: int = 0
    """Given up for another reason."""
    uncertain: int = 0
    """Left, and no answer came: may have arrived."""
    cancelled: int = 0

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.unreached + self.cancelled

    @property
    def unreached(self) -> int:
        return self.blocked + self.failed + self.uncertain
