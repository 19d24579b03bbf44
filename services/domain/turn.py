"""Conversation as rows of role, content, time."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.domain.chat import ChatAddress


@dataclass(frozen=True, slots=True)
class Turn:
    address: ChatAddress
    role: Literal["user", "assistant"]
    content: str
    created_at: datetime
    member_id: int | None = None
    generation_id: int | None = None
