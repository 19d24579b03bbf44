"""The vector index of a project as a replica of SQL: built, compared and put right."""

from collections.abc import AsyncIterator, Sequence

from services.domain.knowledge import Passage
from services.retrieval.document_ports import VectorSource
from services.retrieval.ingest_outcome import OnProgress
from services.retrieval.ports import Embedder, VectorIndex
from services.retrieval.vector_pipeline import VectorPipeline

_PAGE = 256
"""Passages read from SQL at once."""


class VectorBuilding:
    """Vectors of another model stay where they are until those of this one are complete: a change of model that is
    taken back costs nothing."""

    def __init__(self, source: VectorSource, vectors: VectorIndex, embedder: Embedder) -> None:
        self._source = source
        self._vectors = vectors
        self._embedder = embedder
        self._pipeline = VectorPipeline(source, vectors, embedder)
        self._is_stopping = False

    def stop(self) -> None:
        self._is_stopping = True
        self._pipeline.stop()

    async def build(self, project_id: int, on_progress: OnProgress | None = None) -> int:
        """Vectors for what has none yet; then the store is compared with SQL and put right. Returns how many vectors
        were written."""
        progress = _Progress(on_progress, await self._pending_count(project_id) if on_progress else 0)
        while not self._is_stopping:
            before = progress.done
            await self._pipeline.run(project_id, self._pending(project_id), progress)
            if progress.done == before:  # nothing came meanwhile
                break
        await self._reconcile(project_id, progress)
        if not self._is_stopping:
            await self._switch_over(project_id)
        return progress.done

    async def rebuild(self, project_id: int, on_progress: OnProgress | None = None, *, is_kept: bool = True) -> int:
        """`is_kept`: from the vectors that are kept in SQL; else by the model. Until it is done, the index does not
        vote; a crash in between is made good by the next `build`."""
        model = self._embedder.model
        await self._source.set_built(project_id, model, is_built=False)
        if not is_kept:
            await self._source.drop_kept(project_id, model)
        await self._source.unmark(project_id, model)
        await self._vectors.drop(project_id, model)
        return await self.build(project_id, on_progress)

    async def keep(self, project_id: int, passages: Sequence[Passage]) -> None:
        """See `VectorPipeline.keep`."""
        await self._pipeline.keep(project_id, passages)

    async def place(self, project_id: int, passages: Sequence[Passage]) -> None:
        """Vectors of these passages, from what is kept of their texts."""
        await self._pipeline.run(project_id, _one(passages))

    async def remove(self, project_id: int, passage_ids: Sequence[str]) -> None:
        await self._vectors.delete(project_id, self._embedder.model, passage_ids)

    async def _pending_count(self, project_id: int) -> int:
        return await self._source.count_unembedded(project_id, self._embedder.model)

    async def _pending(self, project_id: int) -> AsyncIterator[Sequence[Passage]]:
        after_id = ""
        while page := await self._source.unembedded(project_id, self._embedder.model, _PAGE, after_id):
            after_id = page[-1].id
            yield page

    async def _reconcile(self, project_id: int, progress: "_Progress") -> None:
        """Passage ids are never reused, so equal counts with nothing pending mean equal sets; otherwise compare."""
        model = self._embedder.model
        if self._is_stopping:
            return
        there_count = await self._vectors.count(project_id, model)
        all_count = await self._source.count_passages(project_id)
        if there_count == all_count:
            return
        if there_count < all_count / 2:  # lost, as it seems: what is left must not answer for the whole
            await self._source.set_built(project_id, model, is_built=False)
        there, alive = set(await self._vectors.ids(project_id, model)), set[str]()
        await self._pipeline.run(project_id, self._missing(project_id, there, alive), progress)
        if not self._is_stopping:  # else not all pages were seen: what is left over cannot be told
            await self._vectors.delete(project_id, model, sorted(there - alive))

    async def _missing(self, project_id: int, there: set[str], alive: set[str]) -> AsyncIterator[Sequence[Passage]]:
        after_id = ""
        while page := await self._source.all_passages(project_id, after_id, _PAGE):
            after_id = page[-1].id
            alive.update(passage.id for passage in page)
            if missing := [passage for passage in page if passage.id not in there]:
                yield missing

    async def _switch_over(self, project_id: int) -> None:
        model = self._embedder.model
        if not await self._source.is_built(project_id, model):
            await self._vectors.drop_others(project_id, model)
            await self._source.set_built(project_id, model, is_built=True)


class _Progress:
    def __init__(self, tell: OnProgress | None, total: int) -> None:
        self._tell = tell
        self._total = total
        self.done = 0

    def __call__(self, written: Sequence[Passage]) -> None:
        self.done += len(written)
        if self._tell:
            self._tell(self.done, max(self._total, self.done), written[-1].source)


async def _one(page: Sequence[Passage]) -> AsyncIterator[Sequence[Passage]]:
    if page:
        yield page
