"""The knowledge base in SQL, as use cases and indexes see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from services.domain.chunk_rules import ChunkRules
from services.domain.document_history import DocumentContent, DocumentVersion
from services.domain.knowledge import Document, Passage
from services.domain.passport import Passport


class Documents(Protocol):
    async def get(self, document_id: int) -> Document | None: ...
    async def by_source(self, project_id: int, source: str) -> Document | None: ...
    async def by_content(self, project_id: int, content_hash: str) -> Sequence[Document]:
        """The oldest first."""
        ...

    async def list(self, project_id: int) -> Sequence[Document]: ...
    async def put(
        self, document: Document, passages: Sequence[Passage], content: DocumentContent | None = None
    ) -> Document:
        """Write the document (id 0: new; else its next version) and replace its passages, giving each a new
        `change` number; passages of the former version leave a tombstone that `changes_since` reports. Of the passages
        given, `id`, `document_id`, `project_id`, `title`, `source` and `change` are set here, from the document; of its
        passport `updated_at` and `checked_at`, and `added_at` where it has none. Kept vectors that no passage needs any
        more go."""
        ...

    async def recut(self, document: Document, passages: Sequence[Passage], content: DocumentContent) -> Document | None:
        """The same content in other passages: the next number, but no version in its history. None: it is not at
        `document.version` any more, and nothing was written."""
        ...

    async def rename(self, document_id: int, source: str) -> Document | None:
        """None: there is no such document, or another one of its project has this source."""
        ...

    async def set_passport(self, document_id: int, passport: Passport) -> Document | None:
        """None: there is no such document."""
        ...

    async def delete(self, document_id: int) -> Sequence[str]:
        """With all that belongs to it. Ids of its passages."""
        ...

    async def content(self, document_id: int) -> DocumentContent | None:
        """None: it was written before texts were kept."""
        ...

    async def versions(self, document_id: int) -> Sequence[DocumentVersion]:
        """The newest first."""
        ...

    async def own_files(self, document_id: int) -> Sequence[str]:
        """Keys of its originals, all versions, that no other document needs: documents of one archive share it."""
        ...

    async def sketches(self, project_id: int) -> Mapping[int, bytes]:
        """By document."""
        ...

    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        """In the order of `ids`; left out are unknown ones, and those of documents that do not hold today (UTC)."""
        ...

    async def passages_of(self, document_id: int) -> Sequence[Passage]:
        """In their order."""
        ...

    async def passage_ids(self, document_id: int) -> Sequence[str]: ...
    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        """Page by passage id: for rebuilding an index."""
        ...

    async def count_passages(self, project_id: int) -> int: ...
    async def journal_anew(self, project_id: int) -> int:
        """Every keyword index, in whatever process, writes the project's passages anew. Returns how many."""
        ...

    async def changes_since(self, change: int, limit: int = 1000) -> "PassageChanges": ...
    async def unembedded(self, project_id: int, model: str, limit: int = 256, after_id: str = "") -> Sequence[Passage]:
        """Passages whose vectors under `model` are not confirmed yet. Page by passage id."""
        ...

    async def mark_embedded(self, ids: Sequence[str], model: str) -> None: ...


class ChunkRulesOfProjects(Protocol):
    async def of(self, project_id: int) -> Mapping[str, ChunkRules]:
        """By type; see `services.domain.chunk_rules.rules_for`."""
        ...

    async def put(self, project_id: int, type_: str, rules: ChunkRules | None) -> None:
        """None: no rule of its own."""
        ...

    async def cuts(self, project_id: int) -> Sequence[tuple[str, str, str]]:
        """Type, format and chunking: each combination that a document has, once."""
        ...


class KnownVectors(Protocol):
    """Which vectors there are. A vector is bytes: float32, little-endian."""

    async def kept(self, model: str, text_hashes: Sequence[str]) -> Mapping[str, bytes]: ...
    async def keep(self, model: str, vectors: Mapping[str, bytes]) -> None: ...
    async def drop_kept(self, project_id: int, model: str) -> None:
        """Of the project's texts."""
        ...

    async def count_unembedded(self, project_id: int, model: str) -> int: ...
    async def unmark(self, project_id: int, model: str) -> None:
        """No passage of the project counts as embedded."""
        ...

    async def is_built(self, project_id: int, model: str) -> bool:
        """Every passage had its vector at one time since the index was begun."""
        ...

    async def set_built(self, project_id: int, model: str, *, is_built: bool) -> None:
        """Built: what is noted of the project's vectors under other models is forgotten."""
        ...


@dataclass(frozen=True, slots=True)
class PassageChanges:
    written: tuple[Passage, ...]
    deleted: tuple[str, ...]
    """Passage ids."""
    last_change: int
    """Continue from here; equal to the argument when there is nothing new."""
