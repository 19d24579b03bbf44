"""What is kept of searches."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from services.domain.knowledge import SearchFilters
from services.store.ports import Store
from services.store.ports_searches import FoundPassage, SearchRecord
from tests.store_rows import a_project, an_attempt

FOUND = (FoundPassage("1:1:0", 1.4, {"keyword": 1, "dense": 2}), FoundPassage("1:1:3", 0.2, {"dense": 1}))


async def test_a_search_is_found_by_its_attempt_and_purged_by_its_age(store: Store) -> None:
    generation, project = await an_attempt(store), await a_project(store)
    filters = SearchFilters(date(2026, 1, 1), date(2026, 1, 31), "Анна", "pdf")
    record = SearchRecord(project.id, "вопрос", FOUND, 12, generation.id, "question", filters, "dense: slow")
    async with store.transaction() as tx:
        await tx.searches.add(record)
    async with store.reading() as tx:
        (kept,) = await tx.searches.of_generation(generation.id)
    assert replace(kept, at=None) == record
    assert kept.at is not None
    async with store.transaction() as tx:
        assert await tx.searches.purge(kept.at) == 0
        assert await tx.searches.purge(datetime.now(UTC) + timedelta(days=9_999)) == 1
        assert await tx.searches.of_generation(generation.id) == []
