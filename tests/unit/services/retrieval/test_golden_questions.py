"""Recall on golden questions, with the real keyword index and vectors of the bundled model, which knows English only.

The floors are a little below what is measured on these samples; docs/search.md has the figures of the full set.
"""

import asyncio
import random
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.retrieval.evaluation import LEGS, evaluate
from services.retrieval.golden_set import GoldenQuestion
from services.retrieval.ingestion import Ingestion
from services.retrieval.service import RetrievalService
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
from tests.fakes.retrieval import MemoryPassageSource, MemoryVectorIndex
from tests.golden_vectors import BRAND, PROJECT, SAMPLE, KeptEmbedder, documents_of, questions_of

_LONG_WORD = re.compile(r"[^\W\d_]{5,}")
RANKED = ("recall@1", "recall@5", "mrr", "ndcg@10")


async def service_over(folder: Path, embedder: KeptEmbedder | None) -> RetrievalService:
    source, keyword = MemoryPassageSource(), TantivyKeywordIndex(None)
    vectors = MemoryVectorIndex() if embedder else None
    ingestion = Ingestion(source, keyword, vectors, embedder)
    await ingestion.ingest_folder(PROJECT, documents_of(folder))
    await ingestion.embed_pending(PROJECT)
    service = RetrievalService(source, keyword, vectors, embedder, dense_patience_seconds=60)
    await service.warm_up()
    return service


async def measured(folder: Path, questions: Sequence[GoldenQuestion], embedder: KeptEmbedder | None) -> dict[str, Any]:
    return (await evaluate(await service_over(folder, embedder), PROJECT, questions)).summary()


@pytest.fixture(scope="module")
def sample() -> dict[str, Any]:
    return asyncio.run(measured(SAMPLE, questions_of(SAMPLE), KeptEmbedder()))


@pytest.fixture(scope="module")
def brand() -> dict[str, Any]:
    return asyncio.run(measured(BRAND, questions_of(BRAND), KeptEmbedder()))


@pytest.mark.parametrize("language", ["ru", "en"])
def test_words_alone_find_the_paragraph_in_both_languages(sample: dict[str, Any], language: str) -> None:
    keyword = sample["by_lang"][language]["keyword"]
    assert keyword["recall@1"] >= 0.93
    assert keyword["recall@5"] >= 0.93


@pytest.mark.parametrize("measure", RANKED)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_fusing_with_an_english_model_is_never_below_the_better_leg(
    sample: dict[str, Any], language: str, measure: str
) -> None:
    legs = sample["by_lang"][language]
    assert legs["fused"][measure] >= max(legs["keyword"][measure], legs["dense"][measure])


def test_a_model_that_does_not_know_russian_has_no_vote_there(sample: dict[str, Any]) -> None:
    assert sample["by_lang"]["ru"]["dense"]["recall@10"] == 0.0
    assert sample["by_lang"]["en"]["dense"]["recall@1"] >= 0.9
    assert sample["by_lang"]["en"]["fused"]["recall@1"] >= 0.98
    assert sample["degraded"] == {"dense: language": 58}


async def test_two_swapped_letters_in_every_question_cost_next_to_nothing(sample: dict[str, Any]) -> None:
    chance = random.Random(7)
    misspelt = [replace(question, text=_swapped(question.text, chance)) for question in questions_of(SAMPLE)]
    found = await measured(SAMPLE, misspelt, None)
    for language in ("ru", "en"):
        right = sample["by_lang"][language]["keyword"]["recall@1"]
        assert found["by_lang"][language]["keyword"]["recall@1"] >= right - 0.035


async def test_questions_about_something_else_mostly_find_nothing() -> None:
    service = await service_over(BRAND, None)
    empty = [not (await service.search(PROJECT, question.text)).hits for question in questions_of(SAMPLE)]
    assert sum(empty) / len(empty) >= 0.8


def test_the_brands_questions_are_of_every_kind_and_name_documents_that_exist() -> None:
    questions = questions_of(BRAND)
    kinds = [question.slice for question in questions]
    assert len(questions) >= 60
    assert set(kinds) == {"plain", "paraphrase", "typo", "cross-language", "unanswerable"}
    assert min(kinds.count(kind) for kind in set(kinds)) >= 8
    assert all((BRAND / source).is_file() for question in questions for source in question.sources)
    assert all(bool(question.wanted) == (question.slice != "unanswerable") for question in questions)


@pytest.mark.parametrize(
    ("kind", "measure", "floor"),
    [
        ("plain", "mrr", 0.85),
        ("plain", "recall@5", 0.97),
        ("typo", "mrr", 0.95),
        ("typo", "recall@5", 0.97),
        ("paraphrase", "mrr", 0.6),
        ("paraphrase", "recall@5", 0.88),
    ],
)
def test_the_brands_questions_are_answered(brand: dict[str, Any], kind: str, measure: str, floor: float) -> None:
    assert brand["by_slice"][kind]["fused"][measure] >= floor


def test_every_leg_is_measured_on_the_brand(brand: dict[str, Any]) -> None:
    assert all(brand[leg] for leg in LEGS)
    assert brand["by_slice"]["unanswerable"]["keyword"].keys() == {"nothing_found"}
    assert brand["fused"]["recall@5"] > max(brand["keyword"]["recall@5"], brand["dense"]["recall@5"])


def _swapped(text: str, chance: random.Random) -> str:
    """Two neighbouring letters of one long word, unless they are the same."""
    places = [
        place
        for word in _LONG_WORD.finditer(text)
        for place in range(word.start(), word.end() - 1)
        if text[place].lower() != text[place + 1].lower()
    ]
    if not places:
        return text
    place = chance.choice(places)
    return text[:place] + text[place + 1] + text[place] + text[place + 2 :]
