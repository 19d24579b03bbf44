"""One message of an administrator to many people."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.domain.chat import ChatAddress


class Audience(StrEnum):
    MEMBERS = "members"
    """Every active member, in their private chat."""
    APPROVERS = "approvers"
    GROUPS = "groups"
    """Every group in which Muza works."""


class BroadcastState(StrEnum):
    DRAFT = "draft"
    """Shown to its author for a last look; nothing is queued yet."""
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Broadcast:
    id: int
    author_id: int
    source: ChatAddress
    """The author's own message: it is copied, so formatting, pictures and files stay as they were."""
    audience: Audience
    state: BroadcastState
    total: int
    """How many deliveries were queued."""
    progress: ChatAddress | None
    """The message with the progress bar."""
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
