"""The documents of a project as people look through them."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.domain.knowledge import Document


class Shelf(StrEnum):
    ALL = "all"
    MINE = "mine"
    """The reader answers for them."""
    STALE = "stale"
    FLAGGED = "flagged"
    """A person should know how they were read."""


@dataclass(frozen=True, slots=True)
class CatalogueQuery:
    project_id: int
    now: datetime
    """By the clock of the team: see `freshness.py`."""
    reader_id: int
    shelf: Shelf = Shelf.ALL
    words: str = ""
    """Each of them, in any case, in the title, the source or the author's name; empty: all."""


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    document: Document
    passages: int


@dataclass(frozen=True, slots=True)
class CataloguePage:
    entries: tuple[CatalogueEntry, ...]
    """By title."""
    counts: dict[Shelf, int]
    """Of what the words find, on each shelf."""


class PassportField(StrEnum):
    """What people may write into a passport."""

    NOTE = "note"
    VALID_FROM = "valid_from"
    VALID_UNTIL = "valid_until"
    REFRESH_DAYS = "refresh_days"


PassportEdit = dict[PassportField, str | date | int | None]
"""Only what is given changes; None takes it away."""
