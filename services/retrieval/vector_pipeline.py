"""Passages through the embedding model into the vector store: reading, embedding and writing go on at the same time, so
that the model never waits for a database."""

import asyncio
import sys
from array import array
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from services.domain.failpoint import FailPoint, reached
from services.domain.knowledge import Passage
from services.domain.usage import CallContext
from services.retrieval.cutting import embedded_text, hash_of_embedded
from services.retrieval.document_ports import VectorSource
from services.retrieval.ports import Embedder, VectorIndex

TASK = "indexing"
"""In the ledger."""
_BATCH = 32
"""Passages a question to the model: what a crash makes to be asked again."""
_ASKING = 2
"""Batches with the model: while one answer is on its way, it works on the other."""
_WAITING = 4
"""Batches between two stages."""
OnWritten = Callable[[Sequence[Passage]], None]


@dataclass(frozen=True, slots=True)
class _Batch:
    passages: Sequence[Passage]
    vectors: Mapping[str, bytes]
    """By hash of text."""
    is_new: bool
    """Not kept yet."""


class VectorPipeline:
    def __init__(self, source: VectorSource, vectors: VectorIndex, embedder: Embedder) -> None:
        self._source = source
        self._vectors = vectors
        self._embedder = embedder
        self._is_stopping = False

    def stop(self) -> None:
        """What the model has under way is written; nothing new is begun."""
        self._is_stopping = True

    async def run(
        self, project_id: int, pages: AsyncIterator[Sequence[Passage]], on_written: OnWritten | None = None
    ) -> int:
        """Returns how many vectors were written. Raises what source, model and vector store raise."""
        asked: asyncio.Queue[Sequence[Passage] | None] = asyncio.Queue(_WAITING)
        made: asyncio.Queue[_Batch | None] = asyncio.Queue(_WAITING)
        try:
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(self._write_all(project_id, made, on_written))
                group.create_task(self._make_all(project_id, pages, asked, made))
        except BaseExceptionGroup as failed:
            raise _first(failed) from None
        return writing.result()

    async def keep(self, project_id: int, passages: Sequence[Passage]) -> None:
        """Vectors of passages that are not in SQL yet, for the time when they are."""
        kept = await self._kept(passages)
        unknown = [passage for passage in passages if hash_of_embedded(passage) not in kept]
        for start in range(0, len(unknown), _BATCH):
            batch = unknown[start : start + _BATCH]
            await self._source.keep_vectors(self._embedder.model, await self._ask(project_id, batch))

    async def _make_all(
        self,
        project_id: int,
        pages: AsyncIterator[Sequence[Passage]],
        asked: asyncio.Queue[Sequence[Passage] | None],
        made: asyncio.Queue[_Batch | None],
    ) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(_ASKING):
                group.create_task(self._ask_all(project_id, asked, made))
            async for page in pages:
                if self._is_stopping:
                    break
                await self._sort(page, asked, made)
            for _ in range(_ASKING):
                await asked.put(None)
        await made.put(None)

    async def _sort(
        self,
        page: Sequence[Passage],
        asked: asyncio.Queue[Sequence[Passage] | None],
        made: asyncio.Queue[_Batch | None],
    ) -> None:
        """What is known by its text goes round the model."""
        kept = await self._kept(page)
        if known := [passage for passage in page if hash_of_embedded(passage) in kept]:
            await made.put(_Batch(known, kept, is_new=False))
        unknown = [passage for passage in page if hash_of_embedded(passage) not in kept]
        for start in range(0, len(unknown), _BATCH):
            await asked.put(unknown[start : start + _BATCH])

    async def _ask_all(
        self,
        project_id: int,
        asked: asyncio.Queue[Sequence[Passage] | None],
        made: asyncio.Queue[_Batch | None],
    ) -> None:
        while (passages := await asked.get()) is not None:
            if not self._is_stopping:
                await made.put(_Batch(passages, await self._ask(project_id, passages), is_new=True))

    async def _write_all(
        self, project_id: int, made: asyncio.Queue[_Batch | None], on_written: OnWritten | None
    ) -> int:
        written = 0
        while (batch := await made.get()) is not None:
            await self._write(project_id, batch)
            written += len(batch.passages)
            if on_written:
                on_written(batch.passages)
        return written

    async def _write(self, project_id: int, batch: _Batch) -> None:
        """Kept first: a crash in between costs no second question to the model. Marked last: it is written again, into
        the same ids."""
        model = self._embedder.model
        if batch.is_new:
            # By the hashes that stand in SQL: what is kept under another one nobody would ever delete.
            known = {passage.text_hash for passage in batch.passages}
            await self._source.keep_vectors(model, {key: batch.vectors[key] for key in known if key})
            reached(FailPoint.VECTORS_KEPT)
        ids = [passage.id for passage in batch.passages]
        vectors = [_unpacked(batch.vectors[hash_of_embedded(passage)]) for passage in batch.passages]
        await self._vectors.upsert(project_id, model, ids, vectors)
        reached(FailPoint.VECTORS_WRITTEN)
        await self._source.mark_embedded(ids, model)

    async def _kept(self, passages: Sequence[Passage]) -> Mapping[str, bytes]:
        hashes = list(dict.fromkeys(hash_of_embedded(passage) for passage in passages))
        return await self._source.kept_vectors(self._embedder.model, hashes)

    async def _ask(self, project_id: int, passages: Sequence[Passage]) -> Mapping[str, bytes]:
        """The same text is asked for once."""
        texts = {hash_of_embedded(passage): embedded_text(passage) for passage in passages}
        context = CallContext(TASK, project_id=project_id)
        vectors = await self._embedder.embed_passages(list(texts.values()), context)
        return {text_hash: _packed(vector) for text_hash, vector in zip(texts, vectors, strict=True)}


def _packed(vector: Sequence[float]) -> bytes:
    return _little_endian(array("f", vector)).tobytes()


def _unpacked(kept: bytes) -> list[float]:
    numbers = array("f")
    numbers.frombytes(kept)
    return _little_endian(numbers).tolist()


def _little_endian(numbers: "array[float]") -> "array[float]":
    """There and back: a base is restored on another machine."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _first(failed: BaseExceptionGroup[BaseException]) -> BaseException:
    """What stopped the others."""
    first = failed.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
