"""What a check found out."""

from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Muza works, with less."""
    FAILURE = "failure"
    """Muza does not work until this is corrected."""


@dataclass(frozen=True, slots=True)
class Finding:
    status: Status
    code: str
    """Key of the sentence in `bot.commands.doctor_texts`, and of the JSON output."""
    facts: dict[str, str | int] = field(default_factory=dict)
    """Values in the sentence; never a secret."""


def ok(code: str, **facts: str | int) -> Finding:
    return Finding(Status.OK, code, facts)


def warning(code: str, **facts: str | int) -> Finding:
    return Finding(Status.WARNING, code, facts)


def failure(code: str, **facts: str | int) -> Finding:
    return Finding(Status.FAILURE, code, facts)
