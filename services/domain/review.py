"""Decisions of people about drafts."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Verdict(StrEnum):
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Review:
    id: int
    generation_id: int
    generation_version: int
    """The exact version that was on the screen when the person decided."""
    member_id: int
    verdict: Verdict
    comment: str
    created_at: datetime
