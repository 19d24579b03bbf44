"""Questions asked once more in the other language."""

import pytest

from services.domain.knowledge import SearchMode
from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.ingestion import Ingestion
from services.retrieval.service import RetrievalService
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryPassageSource, MemoryVectorIndex

PROJECT = 1
SMOKED = "В какие месяцы продаётся копчёный чай?"
PAIRS = {SMOKED: "In which months is smoked tea sold?", "what does the moon say": "о чём говорит луна"}


class Phrasebook:
    """A translator that knows a few questions and counts what it is asked."""

    def __init__(self, pairs: dict[str, str] | None = None) -> None:
        self.pairs = PAIRS if pairs is None else pairs
        self.asked: list[tuple[str, Language]] = []

    async def translate(self, query: str, into: Language, asked_by: CallContext) -> str | None:
        self.asked.append((query, into))
        return self.pairs.get(query)


async def house(
    translator: Phrasebook, *, english: bool = True, russian: bool = True, embedder: HashingEmbedder | None = None
) -> RetrievalService:
    source, keyword, vectors = MemoryPassageSource(), MemoryKeywordIndex(), MemoryVectorIndex() if embedder else None
    ingestion = Ingestion(source, keyword, vectors, embedder)
    texts = {"ru/prices.md": "# Цены\n\nПлед стоит 2 900 рублей."} if russian else {}
    if english:
        texts["en/tea.md"] = "# Tea\n\nSmoked tea is sold in the months of October and November."
        texts["en/shop.md"] = "# Shop\n\nWe are closed on Mondays."
    for name, text in texts.items():
        await ingestion.ingest_text(PROJECT, name, text)
    service = RetrievalService(source, keyword, vectors, embedder, translator=translator)
    await service.warm_up(0)
    if embedder:
        await ingestion.embed_pending(PROJECT)
    return service


async def test_an_answer_in_the_other_language_is_found_by_a_translation() -> None:
    found = await (await house(Phrasebook())).search(PROJECT, SMOKED)
    assert found.hits[0].passage.source == "en/tea.md"
    assert found.hits[0].legs == {"translated keyword": 1}
    assert found.translated == PAIRS[SMOKED]


async def test_a_model_of_the_other_language_votes_for_the_translation() -> None:
    embedder = HashingEmbedder(languages=[Language.ENGLISH])
    found = await (await house(Phrasebook(), embedder=embedder)).search(PROJECT, SMOKED)
    assert found.hits[0].legs == {"translated keyword": 1, "translated dense": 1}
    assert found.degraded == "dense: language"


async def test_a_question_that_finds_its_answer_is_not_translated() -> None:
    translator = Phrasebook()
    found = await (await house(translator)).search(PROJECT, "плед стоит рублей")
    assert found.hits[0].passage.source == "ru/prices.md"
    assert (translator.asked, found.translated) == ([], None)


@pytest.mark.parametrize("mode", [SearchMode.KEYWORD, SearchMode.DENSE])
async def test_one_leg_alone_is_measured_as_it_is(mode: SearchMode) -> None:
    translator = Phrasebook()
    service = await house(translator, embedder=HashingEmbedder())
    await service.search(PROJECT, SMOKED, mode=mode)
    assert translator.asked == []


async def test_nobody_translates_into_a_language_without_documents() -> None:
    translator = Phrasebook()
    assert (await (await house(translator, english=False)).search(PROJECT, SMOKED)).hits == ()
    assert translator.asked == []


async def test_a_model_that_reads_both_languages_needs_no_translation() -> None:
    translator = Phrasebook()
    service = await house(translator, embedder=HashingEmbedder(thesaurus={"копчёный": "smoked", "чай": "tea"}))
    assert (await service.search(PROJECT, SMOKED)).hits[0].passage.source == "en/tea.md"
    assert translator.asked == []


async def test_a_long_brief_is_not_translated() -> None:
    translator = Phrasebook()
    await (await house(translator)).search(PROJECT, "копчёный " * 60)
    assert translator.asked == []


@pytest.mark.parametrize("said", [None, SMOKED, "копчёный чай"])
async def test_what_is_no_translation_is_not_searched_for(said: str | None) -> None:
    translator = Phrasebook({SMOKED: said} if said else {})
    found = await (await house(translator)).search(PROJECT, SMOKED)
    assert (found.hits, found.translated) == ((), None)
    assert translator.asked == [(SMOKED, Language.ENGLISH)]


async def test_a_translation_about_nothing_that_is_there_finds_nothing() -> None:
    found = await (await house(Phrasebook())).search(PROJECT, "what does the moon say")
    assert found.hits == ()


@pytest.mark.parametrize(("has_russian", "asked"), [(True, 0), (False, 1)])
async def test_material_is_looked_for_in_the_other_language_only_where_there_is_none(
    has_russian: bool, asked: int
) -> None:
    translator = Phrasebook()
    service = await house(translator, russian=has_russian)
    await service.search(PROJECT, SMOKED, in_all_languages=False)
    assert len(translator.asked) == asked
