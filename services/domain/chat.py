"""Places where people and Muza talk."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class ChatAddress:
    """Where a message goes, or which message it is: enough to speak there again after a restart."""

    chat_id: int
    topic_id: int | None = None
    """Forum topic; None in a chat without topics and in General, whose id Telegram refuses as a thread."""
    message_id: int | None = None

    def at(self, message_id: int | None) -> "ChatAddress":
        return replace(self, message_id=message_id)

    @property
    def is_private(self) -> bool:
        """Telegram gives people positive ids, groups and channels negative ones."""
        return self.chat_id > 0


@dataclass(frozen=True, slots=True)
class Chat:
    id: int
    """Telegram's chat id."""
    kind: ChatKind
    title: str
    project_id: int
    closed_at: datetime | None = None
    """Since when the bot is blocked or removed there: nothing is sent until it is let in again."""
