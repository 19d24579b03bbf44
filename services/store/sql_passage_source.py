"""The knowledge base as the indexes and those who fill it see it: a transaction for each call."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from services.domain.chunk_rules import ChunkRules
from services.domain.document_history import DocumentContent
from services.domain.knowledge import Document, Passage, SearchFilters
from services.domain.language import Language
from services.store.job_fence import check_fence
from services.store.ports import PassageChanges, Store, Transaction


class SqlPassageSource:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def languages(self, project_id: int) -> frozenset[Language]:
        async with self._store.reading() as tx:
            return await tx.passage_lookup.languages(project_id)

    async def admitted(self, project_id: int, filters: SearchFilters) -> frozenset[int]:
        async with self._store.reading() as tx:
            return await tx.passage_lookup.admitted(project_id, filters)

    async def changes_since(self, change: int, limit: int = 1000) -> PassageChanges:
        async with self._store.reading() as tx:
            return await tx.documents.changes_since(change, limit)

    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        async with self._store.reading() as tx:
            return await tx.documents.passages(ids)

    async def passages_of(self, document_id: int) -> Sequence[Passage]:
        async with self._store.reading() as tx:
            return await tx.documents.passages_of(document_id)

    async def passage_ids(self, document_id: int) -> Sequence[str]:
        async with self._store.reading() as tx:
            return await tx.documents.passage_ids(document_id)

    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        async with self._store.reading() as tx:
            return await tx.documents.all_passages(project_id, after_id, limit)

    async def count_passages(self, project_id: int) -> int:
        async with self._store.reading() as tx:
            return await tx.documents.count_passages(project_id)

    async def get(self, document_id: int) -> Document | None:
        async with self._store.reading() as tx:
            return await tx.documents.get(document_id)

    async def by_source(self, project_id: int, source: str) -> Document | None:
        async with self._store.reading() as tx:
            return await tx.documents.by_source(project_id, source)

    async def by_content(self, project_id: int, content_hash: str) -> Sequence[Document]:
        async with self._store.reading() as tx:
            return await tx.documents.by_content(project_id, content_hash)

    async def list(self, project_id: int) -> Sequence[Document]:
        async with self._store.reading() as tx:
            return await tx.documents.list(project_id)

    async def put(
        self, document: Document, passages: Sequence[Passage], content: DocumentContent | None = None
    ) -> Document:
        async with self._writing() as tx:
            return await tx.documents.put(document, passages, content)

    async def recut(self, document: Document, passages: Sequence[Passage], content: DocumentContent) -> Document | None:
        async with self._writing() as tx:
            return await tx.documents.recut(document, passages, content)

    async def rename(self, document_id: int, source: str) -> Document | None:
        async with self._writing() as tx:
            return await tx.documents.rename(document_id, source)

    async def delete(self, document_id: int) -> Sequence[str]:
        async with self._writing() as tx:
            return await tx.documents.delete(document_id)

    async def content(self, document_id: int) -> DocumentContent | None:
        async with self._store.reading() as tx:
            return await tx.documents.content(document_id)

    async def own_files(self, document_id: int) -> Sequence[str]:
        async with self._store.reading() as tx:
            return await tx.documents.own_files(document_id)

    async def sketches(self, project_id: int) -> Mapping[int, bytes]:
        async with self._store.reading() as tx:
            return await tx.documents.sketches(project_id)

    async def chunk_rules(self, project_id: int) -> Mapping[str, ChunkRules]:
        async with self._store.reading() as tx:
            return await tx.chunk_rules.of(project_id)

    async def cuts(self, project_id: int) -> Sequence[tuple[str, str, str]]:
        async with self._store.reading() as tx:
            return await tx.chunk_rules.cuts(project_id)

    async def unembedded(self, project_id: int, model: str, limit: int = 256, after_id: str = "") -> Sequence[Passage]:
        async with self._store.reading() as tx:
            return await tx.documents.unembedded(project_id, model, limit, after_id)

    async def count_unembedded(self, project_id: int, model: str) -> int:
        async with self._store.reading() as tx:
            return await tx.vectors.count_unembedded(project_id, model)

    async def mark_embedded(self, ids: Sequence[str], model: str) -> None:
        async with self._writing() as tx:
            await tx.documents.mark_embedded(ids, model)

    async def unmark(self, project_id: int, model: str) -> None:
        async with self._writing() as tx:
            await tx.vectors.unmark(project_id, model)

    async def kept_vectors(self, model: str, text_hashes: Sequence[str]) -> Mapping[str, bytes]:
        async with self._store.reading() as tx:
            return await tx.vectors.kept(model, text_hashes)

    async def keep_vectors(self, model: str, vectors: Mapping[str, bytes]) -> None:
        async with self._writing() as tx:
            await tx.vectors.keep(model, vectors)

    async def drop_kept(self, project_id: int, model: str) -> None:
        async with self._writing() as tx:
            await tx.vectors.drop_kept(project_id, model)

    async def is_built(self, project_id: int, model: str) -> bool:
        async with self._store.reading() as tx:
            return await tx.vectors.is_built(project_id, model)

    async def set_built(self, project_id: int, model: str, *, is_built: bool) -> None:
        async with self._writing() as tx:
            await tx.vectors.set_built(project_id, model, is_built=is_built)

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[Transaction]:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            yield tx
