"""Who may use Muza and what they may do."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.domain.language import Language


class Role(StrEnum):
    MEMBER = "member"
    APPROVER = "approver"
    ADMIN = "admin"


class MemberStatus(StrEnum):
    REQUESTED = "requested"
    ACTIVE = "active"
    BLOCKED = "blocked"


class StreamTransport(StrEnum):
    """How a growing answer is shown in a private chat; groups always use edits."""

    EDIT = "edit"
    DRAFT = "draft"


class VoiceReplies(StrEnum):
    """When answers are also read aloud."""

    OFF = "off"
    TO_VOICE = "to_voice"
    """To what was spoken."""
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Member:
    id: int
    telegram_id: int
    name: str
    username: str | None
    role: Role
    status: MemberStatus
    language: Language | None
    """The person's own choice."""
    stream_transport: StreamTransport
    created_at: datetime
    client_language: Language | None = None
    """Of their Telegram app, as seen last: what they read in until they choose."""
    voice_replies: VoiceReplies = VoiceReplies.OFF

    @property
    def reads_in(self) -> Language | None:
        """None: nothing is known, follow what they write in."""
        return self.language or self.client_language

    @property
    def is_active(self) -> bool:
        return self.status is MemberStatus.ACTIVE

    @property
    def may_approve(self) -> bool:
        return self.is_active and self.role in (Role.APPROVER, Role.ADMIN)

    @property
    def may_administer(self) -> bool:
        return self.is_active and self.role is Role.ADMIN
