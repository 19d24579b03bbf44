"""Search indexes and the embedding model, as the retrieval service sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Document, Passage, SearchFilters
from services.domain.language import Language
from services.domain.reading import ReadDocument
from services.domain.usage import CallContext


class DocumentReader(Protocol):
    """Files as text. One of another process's memory and time: a file that is a bomb harms nobody."""

    @property
    def suffixes(self) -> frozenset[str]:
        """Lower case, with the dot: of files that are worth trying."""
        ...

    async def read(self, file: Path, name: str) -> Sequence[ReadDocument]:
        """`name`: as people know the file; it decides nothing where the content says otherwise. An archive gives
        several documents, at least one. Raises DocumentRefused, OSError."""
        ...


class PassageSource(Protocol):
    """SQL is the truth; indexes are replicas of it."""

    async def changes_since(self, change: int, limit: int = 1000) -> "Changes": ...
    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]: ...
    async def unembedded(
        self, project_id: int, model: str, limit: int = 256, after_id: str = ""
    ) -> Sequence[Passage]: ...
    async def mark_embedded(self, ids: Sequence[str], model: str) -> None: ...
    async def by_source(self, project_id: int, source: str) -> Document | None: ...
    async def put(self, document: Document, passages: Sequence[Passage]) -> Document: ...
    async def delete(self, document_id: int) -> Sequence[str]:
        """Ids of the passages that went with it."""
        ...

    async def list(self, project_id: int) -> Sequence[Document]: ...
    async def count_passages(self, project_id: int) -> int: ...
    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        """Page by passage id."""
        ...

    async def is_built(self, project_id: int, model: str) -> bool:
        """Every passage had its vector at one time since the index was begun; the few that came since are on their
        way."""
        ...

    async def languages(self, project_id: int) -> frozenset[Language]:
        """In which the project has documents."""
        ...

    async def admitted(self, project_id: int, filters: SearchFilters) -> frozenset[int]:
        """Ids of the documents that the filters let through."""
        ...


class Changes(Protocol):
    @property
    def written(self) -> Sequence[Passage]: ...
    @property
    def deleted(self) -> Sequence[str]: ...
    @property
    def last_change(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Scored:
    passage_id: str
    score: float


class KeywordIndex(Protocol):
    async def catch_up(self, source: PassageSource) -> int:
        """Apply what changed in SQL since the last call; returns the number of changes applied."""
        ...

    async def search(
        self, project_id: int, query: str, limit: int, within: frozenset[int] | None = None
    ) -> Sequence[Scored]:
        """Best first. `within`: ids of the documents that count; None: all. A score is about the share of the best
        thinkable match: 1 when a passage has all that is asked in one sentence."""
        ...


class VectorIndex(Protocol):
    """One collection per project and embedding model; cosine over normalised vectors."""

    async def upsert(
        self, project_id: int, model: str, ids: Sequence[str], vectors: Sequence[Sequence[float]]
    ) -> None: ...
    async def delete(self, project_id: int, model: str, ids: Sequence[str]) -> None: ...
    async def search(self, project_id: int, model: str, vector: Sequence[float], limit: int) -> Sequence[Scored]:
        """Raises KnowledgeUnavailable when the store does not answer."""
        ...

    async def count(self, project_id: int, model: str) -> int: ...
    async def ids(self, project_id: int, model: str) -> Sequence[str]:
        """All of them: for telling what is missing and what is left over."""
        ...

    async def drop(self, project_id: int, model: str) -> None: ...
    async def drop_others(self, project_id: int, model: str) -> None:
        """The project's vectors under every other model."""
        ...

    async def ping(self) -> None:
        """Raises KnowledgeUnavailable."""
        ...


class ModelFailed(KnowledgeUnavailable):
    """The embedding model cannot be had, and waiting does not help: an operator has to act."""


class Embedder(Protocol):
    @property
    def model(self) -> str:
        """Stable name that binds vectors to the model that made them."""
        ...

    @property
    def languages(self) -> frozenset[Language]:
        """Languages in which the model can tell texts apart; others do not get its vote. Empty before `warm_up`."""
        ...

    @property
    def floor(self) -> float:
        """Cosine below which two texts have nothing to do with each other under this model."""
        ...

    async def warm_up(self) -> None:
        """Find out what the model knows. Raises KnowledgeUnavailable while it cannot be had, ModelFailed when waiting
        does not help; may be called again."""
        ...

    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        """Normalised. `context`: on whose behalf, for the ledger. Raises KnowledgeUnavailable when the model cannot be
        had (now), or must not be asked."""
        ...

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]: ...


class BatchEmbedder(Embedder, Protocol):
    async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        """As `embed_query`, in their order."""
        ...
