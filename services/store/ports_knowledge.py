"""The knowledge base in SQL, as use cases and indexes see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from services.domain.knowledge import Document, Passage


class Documents(Protocol):
    async def by_source(self, project_id: int, source: str) -> Document | None: ...
    async def list(self, project_id: int) -> Sequence[Document]: ...
    async def put(self, document: Document, passages: Sequence[Passage]) -> Document:
        """Write the document (id 0: new; else its next version) and replace its passages, giving each a new
        `change` number; passages of the former version leave a tombstone that `changes_since` reports. Of the passages
        given, `id`, `document_id`, `project_id`, `title`, `source` and `change` are set here, from the document."""
        ...

    async def delete(self, document_id: int) -> None: ...
    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """In the order of `ids`; left out are unknown ones, and those of documents that do not hold today (UTC)."""
        ...

    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        """Page by passage id: for rebuilding an index."""
        ...

    async def count_passages(self, project_id: int) -> int: ...
    async def changes_since(self, change: int, limit: int = 1000) -> "PassageChanges": ...
    async def unembedded(self, project_id: int, model: str, limit: int = 256) -> Sequence[Passage]:
        """Passages whose vectors under `model` are not confirmed yet."""
        ...

    async def mark_embedded(self, ids: Sequence[str], model: str) -> None: ...


@dataclass(frozen=True, slots=True)
class PassageChanges:
    written: tuple[Passage, ...]
    deleted: tuple[str, ...]
    """Passage ids."""
    last_change: int
    """Continue from here; equal to the argument when there is nothing new."""
