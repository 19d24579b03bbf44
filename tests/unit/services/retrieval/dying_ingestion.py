"""A process that puts a document in and dies at a named place: `python -m … URL FAILPOINT`."""

import asyncio
import sys

from services.domain.failpoint import FailPoint, arm
from services.retrieval.ingestion import Ingestion
from services.store.engine import open_engine
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryVectorIndex

PROJECT = 1
TEXT = "\n\n".join(f"## Часть {number}\n\nСлово {number}." for number in range(5))


async def main(url: str, name: str) -> None:
    arm(FailPoint(name))
    source = SqlPassageSource(SqlStore(open_engine(url)))
    ingestion = Ingestion(source, MemoryKeywordIndex(), MemoryVectorIndex(), HashingEmbedder())
    await ingestion.ingest_text(PROJECT, "book.md", TEXT)
    await ingestion.embed_pending(PROJECT)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
