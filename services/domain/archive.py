"""What a backup says of the database, in words of no engine."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

OnStage = Callable[[str, int, int | None], None]
"""(what is being done, how much of it is done, of how much; None: nobody knows yet)."""


class ColumnKind(StrEnum):
    """How a value is written in JSON."""

    TEXT = "text"
    """Enums, too, by their values."""
    WHOLE = "whole"
    NUMBER = "number"
    FLAG = "flag"
    DAY = "day"
    """ISO 8601."""
    MOMENT = "moment"
    """ISO 8601, UTC."""
    BYTES = "bytes"
    """Base64."""
    JSON = "json"


@dataclass(frozen=True, slots=True)
class TableShape:
    name: str
    columns: tuple[tuple[str, ColumnKind], ...]
    """In the order in which a row lists its values."""


@dataclass(frozen=True, slots=True)
class Quieted:
    """What was under way when a backup was made, and does not go on by itself after a restore."""

    deliveries: int = 0
    """Messages for an administrator to send or to forget."""
    updates: int = 0
    """What people wrote and nobody had looked at yet."""
    generations: int = 0
    recordings: int = 0
    learnings: int = 0
    broadcasts: int = 0
    batches: int = 0
