"""The knowledge base in SQL and the files beside it, as those see them who put documents in and take them out."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from services.domain.chunk_rules import ChunkRules
from services.domain.document_history import DocumentContent
from services.domain.knowledge import Document, Passage
from services.retrieval.ports import PassageSource


class Originals(Protocol):
    """The file store."""

    async def delete(self, prefix: str) -> int: ...


class DocumentSource(PassageSource, Protocol):
    """A transaction for each call."""

    async def get(self, document_id: int) -> Document | None: ...
    async def by_content(self, project_id: int, content_hash: str) -> Sequence[Document]:
        """The oldest first."""
        ...

    async def put(
        self, document: Document, passages: Sequence[Passage], content: DocumentContent | None = None
    ) -> Document: ...
    async def recut(self, document: Document, passages: Sequence[Passage], content: DocumentContent) -> Document | None:
        """The same content in other passages. None: it is not at `document.version` any more, nothing was written."""
        ...

    async def rename(self, document_id: int, source: str) -> Document | None:
        """None: there is no such document, or another one has this source."""
        ...

    async def passages_of(self, document_id: int) -> Sequence[Passage]:
        """In their order."""
        ...

    async def passage_ids(self, document_id: int) -> Sequence[str]: ...
    async def content(self, document_id: int) -> DocumentContent | None: ...
    async def sketches(self, project_id: int) -> Mapping[int, bytes]:
        """By document."""
        ...

    async def own_files(self, document_id: int) -> Sequence[str]:
        """Keys of its originals, all versions, that no other document needs."""
        ...

    async def chunk_rules(self, project_id: int) -> Mapping[str, ChunkRules]:
        """By type; see `rules_for`."""
        ...

    async def cuts(self, project_id: int) -> Sequence[tuple[str, str, str]]:
        """Type, format and chunking: each combination that a document has, once."""
        ...


class VectorSource(DocumentSource, Protocol):
    """Which vectors there are. A vector is bytes: float32, little-endian."""

    async def count_unembedded(self, project_id: int, model: str) -> int: ...
    async def kept_vectors(self, model: str, text_hashes: Sequence[str]) -> Mapping[str, bytes]: ...
    async def keep_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None: ...
    async def drop_kept(self, project_id: int, model: str) -> None:
        """Vectors of the project's texts."""
        ...

    async def unmark(self, project_id: int, model: str) -> None:
        """No passage of the project counts as embedded."""
        ...

    async def set_built(self, project_id: int, model: str, *, is_built: bool) -> None:
        """Built: what is noted of the project's vectors under other models is forgotten."""
        ...
