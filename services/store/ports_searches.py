"""What a search needs to know of documents, and what is kept of searches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from services.domain.knowledge import Passage, SearchFilters
from services.domain.language import Language


@dataclass(frozen=True, slots=True)
class Span:
    """Passages of one document, by their positions, both ends included."""

    document_id: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class FoundPassage:
    passage_id: str
    score: float
    legs: dict[str, int]
    """See `Hit`."""


@dataclass(frozen=True, slots=True)
class SearchRecord:
    """One search as it went."""

    project_id: int
    query: str
    found: tuple[FoundPassage, ...]
    """Best first, as they were ranked: before neighbours were added."""
    latency_ms: int
    generation_id: int | None = None
    translated: str | None = None
    filters: SearchFilters = field(default_factory=SearchFilters)
    degraded: str | None = None
    at: datetime | None = None
    """Set by the store."""


class Searches(Protocol):
    async def add(self, record: SearchRecord) -> None: ...
    async def of_generation(self, generation_id: int) -> Sequence[SearchRecord]:
        """Oldest first: a run that was taken over searches again."""
        ...

    async def purge(self, before: datetime, limit: int = 5_000) -> int:
        """Oldest first; how many are gone."""
        ...


class Translations(Protocol):
    """Questions in the other language. Case and blanks make no other question."""

    async def get(self, query: str, into: Language) -> str | None: ...
    async def put(self, query: str, into: Language, text: str) -> None: ...
    async def purge(self, before: datetime) -> int: ...


class PassageLookup(Protocol):
    async def admitted(self, project_id: int, filters: SearchFilters) -> frozenset[int]:
        """Ids of the documents that hold today (UTC) and that the filters let through."""
        ...

    async def around(self, spans: Sequence[Span]) -> Sequence[Passage]:
        """Those that are there, by document and position."""
        ...

    async def languages(self, project_id: int) -> frozenset[Language]:
        """In which the project has documents."""
        ...
