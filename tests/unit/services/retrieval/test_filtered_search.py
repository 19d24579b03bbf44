"""Searches within the documents that filters let through."""

from dataclasses import replace

import pytest

from services.domain.knowledge import SearchFilters, SearchMode
from services.domain.language import Language
from tests.unit.services.retrieval.test_service import PROJECT, Knowledge, knowing


async def with_authors(knowledge: Knowledge) -> Knowledge:
    """What Anna wrote is far from the question: many others are nearer."""
    for number in range(60):
        await knowledge.ingestion.ingest_text(
            PROJECT, f"en/{number}.md", f"# Note {number}\n\nThe blanket cost, again."
        )
    await knowledge.ingestion.ingest_text(
        PROJECT, "en/anna.md", "# Anna\n\nA long story in which a blanket has a place."
    )
    mine = await knowledge.source.by_source(PROJECT, "en/anna.md")
    assert mine is not None
    knowledge.source._documents[mine.id] = replace(mine, author="Anna")
    await knowledge.ingestion.embed_pending(PROJECT)
    return knowledge


@pytest.mark.parametrize("mode", list(SearchMode))
async def test_every_leg_looks_past_what_the_filters_hold_back(mode: SearchMode) -> None:
    knowledge = await with_authors(await Knowledge(knowing(Language.ENGLISH)).filled())
    found = await knowledge.service.search(
        PROJECT, "blanket cost", mode=mode, limit=3, filters=SearchFilters(author="a")
    )
    assert [hit.passage.source for hit in found.hits] == ["en/anna.md"]


async def test_filters_that_hold_everything_back_find_nothing() -> None:
    knowledge = await Knowledge(knowing()).filled()
    assert (await knowledge.service.search(PROJECT, "blanket cost", filters=SearchFilters(type="epub"))).hits == ()
