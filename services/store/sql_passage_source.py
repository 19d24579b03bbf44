"""The knowledge base as the indexes see it: a transaction for each call."""

from collections.abc import Sequence

from services.domain.knowledge import Document, Passage, SearchFilters
from services.store.job_fence import check_fence
from services.store.ports import PassageChanges, Store


class SqlPassageSource:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def admitted(self, project_id: int, filters: SearchFilters) -> frozenset[int]:
        async with self._store.reading() as tx:
            return await tx.passage_lookup.admitted(project_id, filters)

    async def changes_since(self, change: int, limit: int = 1000) -> PassageChanges:
        async with self._store.reading() as tx:
            return await tx.documents.changes_since(change, limit)

    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        async with self._store.reading() as tx:
            return await tx.documents.passages(ids)

    async def unembedded(self, project_id: int, model: str, limit: int = 256) -> Sequence[Passage]:
        async with self._store.reading() as tx:
            return await tx.documents.unembedded(project_id, model, limit)

    async def mark_embedded(self, ids: Sequence[str], model: str) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.documents.mark_embedded(ids, model)

    async def by_source(self, project_id: int, source: str) -> Document | None:
        async with self._store.reading() as tx:
            return await tx.documents.by_source(project_id, source)

    async def put(self, document: Document, passages: Sequence[Passage]) -> Document:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            return await tx.documents.put(document, passages)

    async def delete(self, document_id: int) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.documents.delete(document_id)

    async def list(self, project_id: int) -> Sequence[Document]:
        async with self._store.reading() as tx:
            return await tx.documents.list(project_id)

    async def count_passages(self, project_id: int) -> int:
        async with self._store.reading() as tx:
            return await tx.documents.count_passages(project_id)

    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        async with self._store.reading() as tx:
            return await tx.documents.all_passages(project_id, after_id, limit)
