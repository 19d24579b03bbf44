"""The rules of search, over fakes."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import SearchMode
from services.domain.language import Language
from services.domain.usage import CallContext
from services.retrieval.ingestion import Ingestion
from services.retrieval.service import RetrievalService
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryPassageSource, MemoryVectorIndex

PROJECT = 1
SYNONYMS = {"price": "cost", "kids": "children", "цена": "стоит", "дети": "ребёнок"}


class SlowEmbedder(HashingEmbedder):
    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets the event")


class DeliberateEmbedder(HashingEmbedder):
    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        await asyncio.sleep(0.05)
        return await super().embed_query(text, context)


class Knowledge:
    """A service over fakes with a few documents inside."""

    def __init__(self, embedder: HashingEmbedder | None, **settings: Any) -> None:
        self.source = MemoryPassageSource()
        self.keyword = MemoryKeywordIndex()
        self.vectors = MemoryVectorIndex() if embedder else None
        self.embedder = embedder
        self.ingestion = Ingestion(self.source, self.keyword, self.vectors, embedder)
        self.service = RetrievalService(self.source, self.keyword, self.vectors, embedder, **settings)

    async def filled(self) -> "Knowledge":
        texts = {
            "en/prices.md": "# Prices\n\nThe blanket: cost 29 euros.",
            "en/family.md": "# Families\n\nChildren never appear in our adverts.",
            "ru/prices.md": "# Цены\n\nПлед стоит 2 900 рублей.",
            "ru/family.md": "# Семьи\n\nРебёнок в рекламе не снимается.",
        }
        for name, text in texts.items():
            await self.ingestion.ingest_text(PROJECT, name, text)
        await self.service.warm_up(patience_seconds=0)
        if self.embedder and not self.embedder.broken:
            await self.ingestion.embed_pending(PROJECT)
        return self

    async def sources(self, query: str, mode: SearchMode = SearchMode.HYBRID, project: int = PROJECT) -> list[str]:
        result = await self.service.search(project, query, mode=mode)
        return [hit.passage.source for hit in result.hits]


def knowing(*languages: Language) -> HashingEmbedder:
    return HashingEmbedder(languages=languages or Language, thesaurus=SYNONYMS)


async def test_both_legs_vote_and_a_hit_tells_which_found_it() -> None:
    knowledge = await Knowledge(knowing()).filled()
    result = await knowledge.service.search(PROJECT, "blanket cost")
    assert result.degraded is None
    assert result.hits[0].passage.source == "en/prices.md"
    assert result.hits[0].legs == {"keyword": 1, "dense": 1}


async def test_the_dense_leg_finds_what_no_word_tells() -> None:
    knowledge = await Knowledge(knowing()).filled()
    assert await knowledge.sources("kids", SearchMode.KEYWORD) == []
    assert (await knowledge.sources("kids"))[0] == "en/family.md"


async def test_a_model_that_does_not_know_the_querys_language_does_not_vote() -> None:
    knowledge = await Knowledge(knowing(Language.ENGLISH)).filled()
    result = await knowledge.service.search(PROJECT, "сколько стоит плед")
    assert result.degraded == "dense: language"
    assert result.hits[0].legs == {"keyword": 1}
    assert await knowledge.sources("дети", SearchMode.DENSE) == []


async def test_a_model_does_not_place_passages_that_it_cannot_read() -> None:
    knowledge = await Knowledge(knowing(Language.ENGLISH)).filled()
    await knowledge.ingestion.ingest_text(PROJECT, "ru/mixed.md", "# Смесь\n\nВсё по-русски, только одно слово: kids.")
    await knowledge.ingestion.embed_pending(PROJECT)
    found = await knowledge.sources("kids", SearchMode.DENSE)
    assert found[0] == "en/family.md"
    assert "ru/mixed.md" not in found


async def test_nothing_is_found_when_nothing_is_about_it() -> None:
    knowledge = await Knowledge(None).filled()
    result = await knowledge.service.search(PROJECT, "Which football club won the championship?")
    assert result.hits == ()


async def test_a_nearest_neighbour_below_the_models_floor_is_no_find() -> None:
    embedder = knowing()
    knowledge = await Knowledge(embedder).filled()
    assert await knowledge.sources("kids", SearchMode.DENSE)
    embedder.floor = 0.99
    assert await knowledge.sources("kids", SearchMode.DENSE) == []


async def test_a_search_stays_within_its_project() -> None:
    knowledge = await Knowledge(knowing()).filled()
    await knowledge.ingestion.ingest_text(2, "secret.md", "The blanket cost of the rival.")
    await knowledge.ingestion.embed_pending(2)
    assert "secret.md" not in await knowledge.sources("blanket cost")
    assert await knowledge.sources("blanket cost", project=2) == ["secret.md"]


async def test_a_deleted_passage_is_not_shown_even_by_a_stale_index() -> None:
    knowledge = await Knowledge(knowing()).filled()
    document = await knowledge.source.by_source(PROJECT, "en/family.md")
    assert document
    await knowledge.source.delete(document.id)
    assert "en/family.md" not in await knowledge.sources("children kids", SearchMode.DENSE)


async def test_new_documents_are_found_without_being_told_of_them() -> None:
    knowledge = await Knowledge(None).filled()
    other_process = Ingestion(knowledge.source, MemoryKeywordIndex(), None, None)
    await other_process.ingest_text(PROJECT, "en/fresh.md", "Kombucha arrives in autumn.")
    assert await knowledge.sources("kombucha autumn") == ["en/fresh.md"]


async def test_sql_is_not_asked_for_changes_by_every_search() -> None:
    knowledge = await Knowledge(None).filled()
    await knowledge.sources("blanket")
    before = knowledge.source.reads_of_changes
    for _ in range(20):
        await knowledge.sources("blanket")
    assert knowledge.source.reads_of_changes - before < 20


async def test_without_a_model_words_are_searched_and_it_is_said() -> None:
    knowledge = await Knowledge(None).filled()
    result = await knowledge.service.search(PROJECT, "blanket cost")
    assert (result.hits[0].passage.source, result.degraded) == ("en/prices.md", "dense: no model")
    assert knowledge.service.embedding_state == "off"


async def test_words_alone_are_no_degradation_when_only_they_were_asked_for() -> None:
    knowledge = await Knowledge(None).filled()
    assert (await knowledge.service.search(PROJECT, "blanket", mode=SearchMode.KEYWORD)).degraded is None


async def test_a_slow_model_does_not_keep_a_person_waiting() -> None:
    knowledge = await Knowledge(SlowEmbedder(), dense_patience_seconds=0.01).filled()
    result = await knowledge.service.search(PROJECT, "blanket cost")
    assert (result.hits[0].passage.source, result.degraded) == ("en/prices.md", "dense: slow")


async def test_who_is_in_no_hurry_waits_for_the_model() -> None:
    knowledge = await Knowledge(DeliberateEmbedder(), dense_patience_seconds=0.001).filled()
    hurried = await knowledge.service.search(PROJECT, "blanket cost")
    patient = await knowledge.service.search(PROJECT, "blanket cost", dense_patience_seconds=30)
    assert (hurried.degraded, patient.degraded) == ("dense: slow", None)


async def test_a_broken_vector_store_leaves_the_words() -> None:
    knowledge = await Knowledge(knowing()).filled()
    assert knowledge.vectors
    knowledge.vectors.broken = True
    result = await knowledge.service.search(PROJECT, "blanket cost")
    assert (result.hits[0].passage.source, result.degraded) == ("en/prices.md", "dense: unavailable")


async def test_a_broken_keyword_index_leaves_the_vectors() -> None:
    knowledge = await Knowledge(knowing()).filled()
    knowledge.keyword.broken = True
    result = await knowledge.service.search(PROJECT, "kids")
    assert (result.hits[0].passage.source, result.degraded) == ("en/family.md", "keyword: unavailable")


@pytest.mark.parametrize("mode", list(SearchMode))
async def test_when_no_leg_answers_the_search_says_so(mode: SearchMode) -> None:
    knowledge = await Knowledge(knowing()).filled()
    assert knowledge.vectors
    knowledge.keyword.broken = knowledge.vectors.broken = True
    with pytest.raises(KnowledgeUnavailable):
        await knowledge.service.search(PROJECT, "blanket cost", mode=mode)


async def test_a_model_that_comes_up_later_begins_to_vote() -> None:
    embedder = knowing()
    embedder.broken = True
    knowledge = await Knowledge(embedder).filled()
    assert knowledge.service.embedding_state == "unavailable"
    assert knowledge.service.embedding_facts["reason"]
    assert (await knowledge.service.search(PROJECT, "blanket cost")).degraded == "dense: unavailable"
    embedder.broken = False
    await knowledge.service.warm_up()
    await knowledge.ingestion.embed_pending(PROJECT)
    assert knowledge.service.embedding_state == "ready"
    assert knowledge.service.embedding_facts == {"model": "hashing", "languages": "en,ru"}
    assert (await knowledge.sources("kids"))[0] == "en/family.md"


async def test_an_empty_query_finds_nothing_and_asks_nobody() -> None:
    knowledge = await Knowledge(None).filled()
    knowledge.keyword.broken = True
    assert (await knowledge.service.search(PROJECT, "  \n")).hits == ()


async def test_the_limit_is_kept() -> None:
    knowledge = await Knowledge(knowing()).filled()
    for number in range(10):
        await knowledge.ingestion.ingest_text(PROJECT, f"{number}.md", f"Blanket story number {number}.")
    assert len((await knowledge.service.search(PROJECT, "blanket story", limit=3)).hits) == 3
