"""What a search needs to know of documents, and what is kept of searches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.domain.knowledge import Passage, SearchFilters
from services.domain.language import Language


@dataclass(frozen=True, slots=True)
class Span:
    """Passages of one document, by their positions, both ends included."""

    document_id: int
    first: int
    last: int


class PassageLookup(Protocol):
    async def admitted(self, project_id: int, filters: SearchFilters) -> frozenset[int]:
        """Ids of the documents that the filters let through."""
        ...

    async def around(self, spans: Sequence[Span]) -> Sequence[Passage]:
        """Those that are there, by document and position."""
        ...

    async def languages(self, project_id: int) -> frozenset[Language]:
        """In which the project has documents."""
        ...
