"""What a search asks the store about documents and passages."""

from dataclasses import replace
from datetime import UTC, date, datetime

from services.domain.knowledge import Document, Passage, SearchFilters
from services.domain.language import Language
from services.domain.passport import Passport
from services.store.ports import Store
from services.store.ports_searches import Span
from tests.store_rows import a_project

ADDED = datetime(2026, 5, 1, tzinfo=UTC)


async def written(store: Store, document: Document, texts: int = 1) -> Document:
    blank = Passage("", 0, document.project_id, 0, "", "text", document.language, 0, 4, "", "")
    async with store.transaction() as tx:
        return await tx.documents.put(document, [replace(blank, position=n, text=f"text {n}") for n in range(texts)])


async def test_filters_let_documents_of_the_project_through(store: Store) -> None:
    project = (await a_project(store)).id
    deck = Document(0, project, "deck.pdf", "Deck", "document", Language.RUSSIAN, "h", format="pdf", author="Анна С.")
    note = replace(deck, source="note.md", format="markdown", author=None, date=date(2025, 1, 1))
    late = replace(deck, source="late.pdf", author="АННА Вторая", passport=Passport(added_at=ADDED))
    ids = [(await written(store, one)).id for one in (deck, note, late)]
    async with store.reading() as tx:
        of = tx.passage_lookup.admitted
        assert await of(project, SearchFilters(type="pdf")) == {ids[0], ids[2]}
        assert await of(project, SearchFilters(author="анна")) == {ids[0], ids[2]}
        assert await of(project, SearchFilters(since=date(2026, 1, 1))) == {ids[0], ids[2]}, "one was added today"
        assert await of(project, SearchFilters(until=date(2026, 6, 1))) == {ids[1], ids[2]}
        assert await of(project, SearchFilters(until=date(2025, 12, 31))) == {ids[1]}
        assert await of(project + 1, SearchFilters(type="pdf")) == frozenset()


async def test_neighbours_come_in_the_order_of_their_document(store: Store) -> None:
    project = (await a_project(store)).id
    one = await written(store, Document(0, project, "a", "A", "document", Language.RUSSIAN, "a"), 5)
    two = await written(store, Document(0, project, "b", "B", "document", Language.ENGLISH, "b"), 2)
    async with store.reading() as tx:
        found = await tx.passage_lookup.around([Span(two.id, 1, 9), Span(one.id, 2, 3)])
        assert await tx.passage_lookup.around([]) == []
        assert await tx.passage_lookup.languages(project) == frozenset(Language)
    assert [(passage.document_id, passage.position) for passage in found] == [(one.id, 2), (one.id, 3), (two.id, 1)]
