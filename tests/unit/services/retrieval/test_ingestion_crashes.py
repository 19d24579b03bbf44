"""A process dies between SQL and the vectors; the next one finds in SQL what is left to do."""

import asyncio
import sys

import pytest

from services.domain.failpoint import KILLED, FailPoint
from services.retrieval.ingestion import Ingestion
from services.store.engine import open_engine
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryVectorIndex
from tests.store_rows import a_project
from tests.unit.services.retrieval import dying_ingestion
from tests.unit.services.retrieval.dying_ingestion import PROJECT, TEXT


@pytest.mark.parametrize(
    ("place", "asked_again"),
    [(FailPoint.DOCUMENT_STORED, 5), (FailPoint.VECTORS_KEPT, 0)],
)
async def test_a_crash_between_database_and_vectors_heals(sqlite_url: str, place: FailPoint, asked_again: int) -> None:
    engine = open_engine(sqlite_url)
    store = SqlStore(engine)
    assert (await a_project(store)).id == PROJECT
    child = await asyncio.create_subprocess_exec(sys.executable, "-m", dying_ingestion.__name__, sqlite_url, place)
    assert await child.wait() == KILLED
    source, vectors, embedder = SqlPassageSource(store), MemoryVectorIndex(), HashingEmbedder()
    ingestion = Ingestion(source, MemoryKeywordIndex(), vectors, embedder)
    assert not (await ingestion.ingest_text(PROJECT, "book.md", TEXT)).changed, "its passages are all there, or none"
    assert await ingestion.embed_pending(PROJECT) == 5
    assert embedder.passages_embedded == asked_again, "an answer of the model is never paid twice"
    alive = [passage.id for passage in await source.all_passages(PROJECT)]
    assert sorted(await vectors.ids(PROJECT, embedder.model)) == alive
    assert await source.is_built(PROJECT, embedder.model)
    await engine.dispose()
