"""The starter brand on another machine: the same five passages for every golden question, and no model was asked."""

from collections.abc import Sequence
from pathlib import Path

from services.domain.usage import CallContext
from services.retrieval.ingestion import Ingestion
from services.retrieval.service import RetrievalService
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore
from tests.archives import Place
from tests.fakes.retrieval import MemoryVectorIndex
from tests.fixtures_store import opened
from tests.golden_vectors import BRAND, KeptEmbedder, questions_of
from tests.store_rows import a_project


class QuestionsOnly(KeptEmbedder):
    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        raise AssertionError("the vectors of passages are in the backup")


class Searching:
    """A process over a database, with indexes of its own."""

    def __init__(self, store: SqlStore, embedder: KeptEmbedder) -> None:
        search = (SqlPassageSource(store), TantivyKeywordIndex(None), MemoryVectorIndex(), embedder)
        self.ingestion = Ingestion(*search)
        self.retrieval = RetrievalService(*search, dense_patience_seconds=60)

    async def answers(self, project_id: int) -> list[list[tuple[str, float]]]:
        await self.ingestion.embed_pending(project_id)
        await self.retrieval.warm_up()
        found = []
        for question in questions_of(BRAND):
            result = await self.retrieval.search(project_id, question.text, limit=5)
            assert result.degraded is None or "language" in result.degraded
            found.append([(hit.passage.id, round(hit.score, 6)) for hit in result.hits])
        return found


async def test_the_same_five_for_every_golden_question(sqlite_url: str, tmp_path: Path) -> None:
    place = Place(sqlite_url, tmp_path / "files")
    async with opened(sqlite_url) as store:
        project = await a_project(store)
        here = Searching(store, KeptEmbedder())
        await here.ingestion.ingest_folder(project.id, BRAND)
        before = await here.answers(project.id)
    assert sum(map(bool, before)) > 40
    await place.back_up(tmp_path / "b.tar.gz")
    other = Place(f"sqlite+aiosqlite:///{tmp_path / 'other.db'}", tmp_path / "other files")
    await other.restore(tmp_path / "b.tar.gz")
    async with opened(other.url) as store:
        assert await Searching(store, QuestionsOnly()).answers(project.id) == before
