"""A knowledge base in memory that documents are given to."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from services.domain.errors import DocumentDamaged
from services.domain.reading import ReadDocument
from services.retrieval.ingestion import Ingestion
from services.retrieval.readers import read_markdown
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryPassageSource, MemoryVectorIndex

PROJECT = 1


class Originals:
    """A file store of which only deleting matters."""

    def __init__(self) -> None:
        self.deleted: list[str] = []

    async def delete(self, prefix: str) -> int:
        self.deleted.append(prefix)
        return 1


class ArchiveReader:
    """Reads text; a `.zip` is its documents, one a line: `name: text`."""

    suffixes = frozenset({".md", ".zip"})

    def __init__(self) -> None:
        self.files_read = 0

    async def read(self, file: Path, name: str) -> Sequence[ReadDocument]:
        self.files_read += 1
        content = await asyncio.to_thread(file.read_bytes)
        if content.startswith(b"\xff"):
            raise DocumentDamaged("not what its name says", name=name)
        text = content.decode()
        if file.suffix != ".zip":
            return [read_markdown(text, name)]
        inside = (line.partition(": ") for line in text.splitlines())
        return [read_markdown(body, inner) for inner, _, body in inside]


class Library:
    def __init__(self) -> None:
        self.source = MemoryPassageSource()
        self.keyword = MemoryKeywordIndex()
        self.vectors = MemoryVectorIndex()
        self.reader = ArchiveReader()
        self.originals = Originals()
        self.embedder = HashingEmbedder()
        self.ingestion = self.with_model(self.embedder)

    def with_model(self, embedder: HashingEmbedder) -> Ingestion:
        return Ingestion(self.source, self.keyword, self.vectors, embedder, self.reader, self.originals)

    async def texts(self) -> list[str]:
        return [passage.text for passage in await self.source.all_passages(PROJECT, limit=10_000)]

    async def sources(self) -> list[str]:
        return [document.source for document in await self.source.list(PROJECT)]

    async def in_step(self, model: str = "hashing") -> bool:
        """Vectors are exactly those of the passages in SQL."""
        alive = {passage.id for passage in await self.source.all_passages(PROJECT, limit=10_000)}
        return set(await self.vectors.ids(PROJECT, model)) == alive
