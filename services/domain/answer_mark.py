"""What people think of an answer, and questions whose answers are known."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class AnswerMark(StrEnum):
    GOOD = "good"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class KnownQuestion:
    """A question that people asked, with what should have been found for it."""

    project_id: int
    question: str
    relevant: tuple[str, ...]
    """Sources of documents; empty: nothing answers it."""
    member_id: int
    """Who said so."""
    generation_id: int | None = None
    at: dt.datetime | None = None
    """Set by the store."""
