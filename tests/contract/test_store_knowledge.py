"""Documents, passages and the journal that indexes catch up by."""

import asyncio
from dataclasses import replace
from datetime import date

from services.domain.knowledge import Document, Passage
from services.domain.language import Language
from services.retrieval.ports import PassageSource
from services.store.ports import Store
from services.store.sql_passage_source import SqlPassageSource
from tests.store_rows import a_document, a_project, passages_of


async def put(store: Store, document: Document, texts: list[str]) -> Document:
    async with store.transaction() as tx:
        return await tx.documents.put(document, passages_of(texts))


async def replica(store: Store, start: int = 0, page: int = 1000) -> tuple[dict[str, Passage], int]:
    """What an index that follows the journal holds."""
    held: dict[str, Passage] = {}
    while True:
        async with store.reading() as tx:
            changes = await tx.documents.changes_since(start, page)
        held |= {passage.id: passage for passage in changes.written}
        for passage_id in changes.deleted:
            held.pop(passage_id, None)
        if changes.last_change == start:
            return held, start
        assert changes.last_change > start
        start = changes.last_change


async def test_a_document_gives_its_passages_what_belongs_to_it(store: Store) -> None:
    project = await a_project(store)
    given = replace(a_document(project), date=date(2026, 2, 3), author="Вера", language=Language.RUSSIAN)
    written = await put(store, given, ["тихо", "просто"])
    assert written == replace(given, id=written.id, version=1, passport=written.passport)
    async with store.reading() as tx:
        assert await tx.documents.by_source(project.id, "brand-book.md") == written
        assert await tx.documents.by_source(project.id, "faq.md") is None
        assert await tx.documents.list(project.id) == [written]
        first, second = await tx.documents.all_passages(project.id)
        assert await tx.documents.count_passages(project.id) == 2
    assert (first.id, second.id) == (f"{written.id}:1:0", f"{written.id}:1:1")
    assert (second.document_id, second.project_id, second.position) == (written.id, project.id, 1)
    assert (second.title, second.source) == ("Brand book", "brand-book.md")
    assert (second.section, second.text, second.start, second.end) == ("Voice › 1", "просто", 100, 106)
    assert 0 < first.change < second.change


async def test_a_new_version_replaces_the_passages_and_leaves_tombstones(store: Store) -> None:
    project = await a_project(store)
    first = await put(store, a_document(project), ["a", "b"])
    _, seen = await replica(store)
    second = await put(store, replace(first, title="New title", content_hash="1" * 64), ["c"])
    assert (second.id, second.version) == (first.id, 2)
    async with store.reading() as tx:
        changes = await tx.documents.changes_since(seen)
        assert [passage.id for passage in changes.written] == [f"{first.id}:2:0"]
        assert sorted(changes.deleted) == [f"{first.id}:1:0", f"{first.id}:1:1"]
        assert changes.written[0].title == "New title"
        nothing = await tx.documents.changes_since(changes.last_change)
        assert (nothing.written, nothing.deleted, nothing.last_change) == ((), (), changes.last_change)


async def test_a_document_is_known_by_its_source_too(store: Store) -> None:
    project = await a_project(store)
    first = await put(store, a_document(project), ["a"])
    again = await put(store, a_document(project), ["b"])
    renamed = await put(store, replace(again, source="book.md"), ["c"])
    assert (again.id, again.version) == (first.id, 2)
    assert (renamed.id, renamed.version, renamed.source) == (first.id, 3, "book.md")


async def test_a_deleted_document_never_gives_its_ids_again(store: Store) -> None:
    project = await a_project(store)
    first = await put(store, a_document(project), ["a"])
    async with store.transaction() as tx:
        await tx.documents.delete(first.id)
        await tx.documents.delete(first.id)
        assert await tx.documents.list(project.id) == []
        assert await tx.documents.count_passages(project.id) == 0
    second = await put(store, a_document(project), ["b"])
    assert second.id > first.id
    held, _ = await replica(store)
    assert list(held) == [f"{second.id}:1:0"]


async def test_a_replica_that_reads_small_pages_misses_nothing(store: Store) -> None:
    project = await a_project(store)
    for round_number in range(3):
        for source in ("a.md", "b.md", "c.md"):
            await put(store, a_document(project, source), [f"{source} {round_number} {n}" for n in range(4)])
    held, _ = await replica(store, page=3)
    async with store.reading() as tx:
        expected = {passage.id: passage for passage in await tx.documents.all_passages(project.id)}
    assert held == expected
    assert len(held) == 12


async def test_a_reader_that_follows_concurrent_writers_misses_nothing(store: Store) -> None:
    project = await a_project(store)
    writing = 4

    async def write(source: str) -> None:
        nonlocal writing
        for number in range(6):
            await put(store, a_document(project, source), [f"{source} {number} {n}" for n in range(3)])
        writing -= 1

    async def follow() -> dict[str, Passage]:
        held: dict[str, Passage] = {}
        change = 0
        while True:
            last_round = writing == 0
            async with store.reading() as tx:
                changes = await tx.documents.changes_since(change, 5)
            held |= {passage.id: passage for passage in changes.written}
            for passage_id in changes.deleted:
                held.pop(passage_id, None)
            if last_round and changes.last_change == change:
                return held
            change = changes.last_change

    held, *_ = await asyncio.gather(follow(), *(write(f"{n}.md") for n in range(4)))
    async with store.reading() as tx:
        assert held == {passage.id: passage for passage in await tx.documents.all_passages(project.id)}
    assert len({passage.change for passage in held.values()}) == len(held) == 12


async def test_passages_come_in_the_order_asked(store: Store) -> None:
    project = await a_project(store)
    document = await put(store, a_document(project), [str(n) for n in range(700)])
    ids = [f"{document.id}:1:{n}" for n in (699, 0, 350)]
    async with store.reading() as tx:
        found = await tx.documents.passages([ids[0], "1:2:3:unknown", *ids[1:]])
        everything = await tx.documents.passages([f"{document.id}:1:{n}" for n in range(700)])
        assert await tx.documents.passages([]) == []
    assert [passage.id for passage in found] == ids
    assert [passage.position for passage in everything] == list(range(700))


async def test_passages_are_paged_by_id_within_a_project(store: Store) -> None:
    project, other = await a_project(store), await a_project(store)
    await put(store, a_document(project), ["a", "b", "c"])
    await put(store, a_document(other), ["d"])
    pages: list[list[str]] = []
    after = ""
    async with store.reading() as tx:
        while page := await tx.documents.all_passages(project.id, after, 2):
            pages.append([passage.text for passage in page])
            after = page[-1].id
    assert pages == [["a", "b"], ["c"]]


async def test_vectors_are_confirmed_by_model_and_forgotten_with_the_passage(store: Store) -> None:
    project = await a_project(store)
    document = await put(store, a_document(project), ["a", "b"])
    ids = [f"{document.id}:1:{n}" for n in range(2)]
    async with store.transaction() as tx:
        assert [p.id for p in await tx.documents.unembedded(project.id, "e5")] == ids
        assert [p.id for p in await tx.documents.unembedded(project.id, "e5", limit=1)] == ids[:1]
        await tx.documents.mark_embedded([ids[0], ids[0], "7:7:7"], "e5")
        await tx.documents.mark_embedded([ids[0]], "e5")
        assert [p.id for p in await tx.documents.unembedded(project.id, "e5")] == ids[1:]
        assert [p.id for p in await tx.documents.unembedded(project.id, "other")] == ids
    await put(store, document, ["a", "b"])
    async with store.transaction() as tx:
        await tx.documents.mark_embedded(ids, "e5")  # made from the former version
        assert [p.id for p in await tx.documents.unembedded(project.id, "e5")] == [
            f"{document.id}:2:0",
            f"{document.id}:2:1",
        ]


async def test_the_indexes_see_the_knowledge_base_through_the_source(store: Store) -> None:
    source: PassageSource = SqlPassageSource(store)
    project = await a_project(store)
    document = await source.put(a_document(project), passages_of(["a", "b"]))
    changes = await source.changes_since(0)
    ids = [passage.id for passage in changes.written]
    assert len(ids) == 2
    assert [p.text for p in await source.passages(ids)] == ["a", "b"]
    await source.mark_embedded(ids[:1], "e5")
    assert [p.id for p in await source.unembedded(project.id, "e5")] == ids[1:]
    assert await source.by_source(project.id, document.source) == document
    assert await source.list(project.id) == [document]
    await source.delete(document.id)
    later = await source.changes_since(changes.last_change)
    assert sorted(later.deleted) == ids
