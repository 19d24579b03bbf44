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
    lately: int = 0
    """Settled within the window that was asked for: the present speed."""
    settled_at: datetime | None = None
    """When the last one of those that left was settled."""

    @property
    def total(self) -> int:
        return self.sent + self.waiting + self.unreached + self.cancelled

    @property
    def unreached(self) -> int:
        return self.blocked + self.failed + self.uncertain


@dataclass(frozen=True, slots=True)
class BroadcastReport:
    """How far an announcement is, as seen at `at`."""

    broadcast: Broadcast
    counts: BroadcastCounts
    at: datetime
    window: float
    """Seconds that `counts.lately` is about."""

    @property
    def is_over(self) -> bool:
        return self.broadcast.started_at is not None and self.counts.waiting == 0

    @property
    def is_stopped(self) -> bool:
        return self.broadcast.state is BroadcastState.STOPPED

    @property
    def settled(self) -> int:
        return self.counts.sent + self.counts.unreached

    @property
    def seconds(self) -> float:
        """From the start to the last message that was settled: the same whenever it is asked after the end."""
        end = self.counts.settled_at if self.is_over else self.at
        if self.broadcast.started_at is None or end is None:
            return 0.0
        return max(0.0, (end - self.broadcast.started_at).total_seconds())

    @property
    def per_second(self) -> float:
        """The present speed; 0 when nothing has moved lately."""
        return self.counts.lately / max(1.0, min(self.window, self.seconds))

    @property
    def seconds_left(self) -> float | None:
        """None: nobody knows, because nothing moves."""
        return self.counts.waiting / self.per_second if self.counts.lately else None
