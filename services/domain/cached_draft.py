"""Drafts that may answer a brief a second time, instead of a model."""

from dataclasses import dataclass
from enum import StrEnum


class CacheKind(StrEnum):
    """In the ledger and with the attempt."""

    EXACT = "exact"
    """The same words, and everything else that the model would be told."""
    SEMANTIC = "semantic"
    """Other words for the same brief, as far as rules and an embedding model can tell."""


@dataclass(frozen=True, slots=True)
class CachedDraft:
    """A draft as it can be found again. Keys are SHA-256, hex."""

    project_id: int
    member_id: int | None
    """Whose alone it is: their own material went into it. None: everybody's of the project."""
    exact_key: str
    """Of all that the model was told, the brief's words included."""
    shelf: str
    """Of all but the words and the passages, with the version of the project's knowledge instead: within a shelf, only
    the briefs differ."""
    form: str
    """Of the brief's normal form: briefs of another form are never alike."""
    generation_id: int
    """The attempt for which it was written."""
    text: str
    """The brief's."""
