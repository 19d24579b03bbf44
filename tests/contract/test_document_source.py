"""What those who fill the knowledge base rely on: SQL on both engines, and the fake."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest

from services.domain.chunk_rules import ChunkRules
from services.domain.document_history import DocumentContent
from services.domain.knowledge import Document, Passage
from services.domain.passport import DocumentOrigin, Passport
from services.domain.project import BrandProfile, Project
from services.retrieval.document_ports import VectorSource
from services.store.ports import Store
from services.store.sql_passage_source import SqlPassageSource
from tests.fakes.retrieval import MemoryPassageSource
from tests.fixtures_store import opened
from tests.store_rows import a_document, a_project, passages_of

MODEL, OTHER = "e5", "bge"
NEW_PROJECT = Project(0, "p", "P", BrandProfile())


@dataclass(frozen=True)
class Base:
    source: VectorSource
    new_project: Callable[[], Awaitable[Project]]


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def place(request: pytest.FixtureRequest) -> str | None:
    """None: in memory."""
    return None if request.param == "fake" else request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
async def base(place: str | None) -> AsyncIterator[Base]:
    if place is None:
        yield Base(MemoryPassageSource(), new_ids().__anext__)
        return
    async with opened(place) as store:
        yield Base(SqlPassageSource(store), partial(a_project, store))


async def new_ids() -> AsyncIterator[Project]:
    for number in range(1, 10):
        yield replace(NEW_PROJECT, id=number)


def hashed(*texts: str) -> list[Passage]:
    return [replace(passage, text_hash=f"hash of {passage.text}") for passage in passages_of(list(texts))]


def named(project: Project, source: str, content_hash: str = "0" * 64, file_key: str | None = None) -> Document:
    passport = Passport(DocumentOrigin.UPLOAD, file_key=file_key)
    return replace(a_document(project, source, content_hash), passport=passport)


async def test_text_pages_and_sketch_come_back(base: Base) -> None:
    project = await base.new_project()
    content = DocumentContent("# А\n\nтекст", (0, 4), b"\x01\xff", member_id=7)
    written = await base.source.put(replace(a_document(project), pages=2, chunking="c"), hashed("текст"), content)
    kept = await base.source.content(written.id)
    assert kept is not None
    assert (kept.text, kept.page_starts, kept.sketch) == (content.text, content.page_starts, content.sketch)
    assert await base.source.sketches(project.id) == {written.id: b"\x01\xff"}
    assert await base.source.get(written.id) == written
    assert (written.pages, written.chunking) == (2, "c")
    assert [passage.text_hash for passage in await base.source.passages_of(written.id)] == ["hash of текст"]
    await base.source.put(written, hashed("иначе"))
    assert await base.source.content(written.id) is None
    assert await base.source.sketches(project.id) == {}


async def test_the_same_content_is_found_in_its_own_project_oldest_first(base: Base) -> None:
    project, other = await base.new_project(), await base.new_project()
    first = await base.source.put(named(project, "z.md"), hashed("a"))
    second = await base.source.put(named(project, "a.md"), hashed("a"))
    await base.source.put(named(project, "b.md", "1" * 64), hashed("b"))
    await base.source.put(named(other, "z.md"), hashed("a"))
    assert [one.id for one in await base.source.by_content(project.id, "0" * 64)] == [first.id, second.id]


async def test_cutting_anew_replaces_the_passages_of_the_version_it_was_made_from(base: Base) -> None:
    project = await base.new_project()
    first = await base.source.put(a_document(project), hashed("a b"), DocumentContent("a b"))
    content = DocumentContent("a b", sketch=b"s")
    again = await base.source.recut(replace(first, chunking="short"), hashed("a", "b"), content)
    assert again is not None
    assert (again.version, again.chunking) == (2, "short")
    assert list(await base.source.passage_ids(first.id)) == [f"{first.id}:2:0", f"{first.id}:2:1"]
    assert [one.id for one in await base.source.passages_of(first.id)] == [f"{first.id}:2:0", f"{first.id}:2:1"]
    assert await base.source.sketches(project.id) == {first.id: b"s"}
    assert await base.source.recut(replace(first, chunking="late"), hashed("x"), content) is None
    assert [one.text for one in await base.source.passages_of(first.id)] == ["a", "b"]
    changes = await base.source.changes_since(0)
    assert f"{first.id}:1:0" in changes.deleted


async def test_a_renamed_document_keeps_id_version_and_passages(base: Base) -> None:
    project = await base.new_project()
    first = await base.source.put(named(project, "a.md"), hashed("a"))
    await base.source.put(named(project, "taken.md"), hashed("b"))
    moved = await base.source.rename(first.id, "b.md")
    assert moved is not None
    assert (moved.id, moved.version, moved.source) == (first.id, first.version, "b.md")
    assert [one.source for one in await base.source.passages_of(first.id)] == ["b.md"]
    assert await base.source.rename(first.id, "taken.md") is None
    assert await base.source.rename(first.id + 100, "c.md") is None
    assert await base.source.by_source(project.id, "a.md") is None


async def test_an_original_belongs_to_every_document_of_its_archive(base: Base) -> None:
    project = await base.new_project()
    one = await base.source.put(named(project, "z/a.md", file_key="documents/old"), hashed("a"))
    one = await base.source.put(replace(one, passport=Passport(file_key="documents/zip")), hashed("a"))
    two = await base.source.put(named(project, "z/b.md", file_key="documents/zip"), hashed("b"))
    assert list(await base.source.own_files(one.id)) == ["documents/old"]
    assert list(await base.source.own_files(two.id)) == []
    assert list(await base.source.delete(one.id)) == [f"{one.id}:2:0"]
    assert list(await base.source.own_files(two.id)) == ["documents/zip"]
    assert list(await base.source.own_files(one.id)) == []


async def test_vectors_are_kept_as_long_as_a_passage_has_their_text(base: Base) -> None:
    project = await base.new_project()
    one = await base.source.put(named(project, "a.md"), hashed("same", "own"))
    two = await base.source.put(named(project, "b.md"), hashed("same"))
    keys = ["hash of same", "hash of own", "hash of new"]
    await base.source.keep_vectors(MODEL, {key: key.encode() for key in keys})
    await base.source.keep_vectors(MODEL, {keys[0]: b"made twice"})
    await base.source.keep_vectors(OTHER, {keys[1]: b"o"})
    assert await base.source.kept_vectors(MODEL, [*keys, "unknown"]) == {key: key.encode() for key in keys}
    await base.source.put(one, hashed("same", "new"))
    assert set(await base.source.kept_vectors(MODEL, keys)) == {"hash of same", "hash of new"}
    assert await base.source.kept_vectors(OTHER, keys) == {}
    await base.source.delete(one.id)
    assert set(await base.source.kept_vectors(MODEL, keys)) == {"hash of same"}
    await base.source.delete(two.id)
    assert await base.source.kept_vectors(MODEL, keys) == {}


async def test_kept_vectors_go_by_project_when_the_model_has_to_speak_again(base: Base) -> None:
    project, other = await base.new_project(), await base.new_project()
    await base.source.put(named(project, "a.md"), hashed("mine"))
    await base.source.put(named(other, "a.md"), hashed("theirs"))
    await base.source.keep_vectors(MODEL, {"hash of mine": b"1", "hash of theirs": b"2"})
    await base.source.drop_kept(project.id, MODEL)
    assert await base.source.kept_vectors(MODEL, ["hash of mine", "hash of theirs"]) == {"hash of theirs": b"2"}


async def test_what_waits_for_a_vector_is_counted_and_paged(base: Base) -> None:
    project = await base.new_project()
    document = await base.source.put(a_document(project), hashed("a", "b", "c"))
    ids = [f"{document.id}:1:{n}" for n in range(3)]
    await base.source.mark_embedded([ids[1]], MODEL)
    assert await base.source.count_unembedded(project.id, MODEL) == 2
    first = await base.source.unembedded(project.id, MODEL, 1)
    assert [one.id for one in first] == [ids[0]]
    assert [one.id for one in await base.source.unembedded(project.id, MODEL, 5, ids[0])] == [ids[2]]
    await base.source.mark_embedded(ids, MODEL)
    await base.source.mark_embedded(ids, OTHER)
    await base.source.unmark(project.id, MODEL)
    assert await base.source.count_unembedded(project.id, MODEL) == 3
    assert await base.source.count_unembedded(project.id, OTHER) == 0


async def test_a_complete_index_makes_those_of_other_models_forgotten(base: Base) -> None:
    project, other = await base.new_project(), await base.new_project()
    for one in (project, other):
        document = await base.source.put(a_document(one), hashed(f"text {one.id}"))
        await base.source.mark_embedded([f"{document.id}:1:0"], OTHER)
        await base.source.keep_vectors(OTHER, {f"hash of text {one.id}": b"old"})
        assert not await base.source.is_built(one.id, OTHER)
        await base.source.set_built(one.id, OTHER, is_built=True)
        assert await base.source.is_built(one.id, OTHER)
    await base.source.set_built(project.id, MODEL, is_built=True)
    assert [await base.source.is_built(one.id, OTHER) for one in (project, other)] == [False, True]
    assert await base.source.is_built(project.id, MODEL)
    assert await base.source.count_unembedded(project.id, OTHER) == 1
    assert await base.source.count_unembedded(other.id, OTHER) == 0
    assert await base.source.kept_vectors(OTHER, [f"hash of text {other.id}"]), "the other project needs them"
    await base.source.set_built(other.id, MODEL, is_built=True)
    assert await base.source.kept_vectors(OTHER, [f"hash of text {one.id}" for one in (project, other)]) == {}
    await base.source.set_built(project.id, MODEL, is_built=False)
    assert not await base.source.is_built(project.id, MODEL)


async def test_ways_of_cutting_are_told_once_each(base: Base) -> None:
    project = await base.new_project()
    for number, chunking in enumerate(["a", "a", "b"]):
        await base.source.put(replace(named(project, f"{number}.md"), chunking=chunking), hashed("x"))
    assert sorted(await base.source.cuts(project.id)) == [("markdown", "text", "a"), ("markdown", "text", "b")]
    assert await base.source.chunk_rules(project.id) == {}


async def test_rules_of_cutting_belong_to_a_project_and_a_type(store: Store) -> None:
    project, other = await a_project(store), await a_project(store)
    async with store.transaction() as tx:
        await tx.chunk_rules.put(project.id, "", ChunkRules(300, 600, 10))
        await tx.chunk_rules.put(project.id, "pdf", ChunkRules(200, 400, 15))
        await tx.chunk_rules.put(project.id, "pdf", ChunkRules(250, 500, 15))
        await tx.chunk_rules.put(other.id, "", ChunkRules(1, 2, 0))
        await tx.chunk_rules.put(other.id, "", None)
    source = SqlPassageSource(store)
    assert await source.chunk_rules(project.id) == {"": ChunkRules(300, 600, 10), "pdf": ChunkRules(250, 500, 15)}
    assert await source.chunk_rules(other.id) == {}


async def test_history_tells_who_brought_which_version_and_a_new_cut_is_none(store: Store) -> None:
    project, source = await a_project(store), SqlPassageSource(store)
    first = await source.put(named(project, "a.md", file_key="k1"), hashed("a"), DocumentContent("a", member_id=5))
    moved = await source.rename(first.id, "b.md")
    assert moved is not None
    again = await source.recut(replace(moved, chunking="short"), hashed("a"), DocumentContent("a"))
    assert again is not None
    await source.put(replace(again, content_hash="1" * 64), hashed("b"), DocumentContent("b"))
    async with store.reading() as tx:
        versions = await tx.documents.versions(first.id)
    assert [(one.version, one.source, one.file_key, one.member_id) for one in versions] == [
        (3, "b.md", "k1", None),
        (1, "a.md", "k1", 5),
    ]


async def test_a_passport_is_stamped_when_the_text_is_written_and_changed_without_it(store: Store) -> None:
    project, source = await a_project(store), SqlPassageSource(store)
    first = await source.put(a_document(project), hashed("a"))
    again = await source.put(first, hashed("b"))
    assert first.passport.added_at is not None
    assert again.passport.added_at == first.passport.added_at
    assert again.passport.updated_at == again.passport.checked_at
    assert again.passport.checked_at is not None
    async with store.transaction() as tx:
        noted = await tx.documents.set_passport(first.id, replace(again.passport, note="CC BY"))
    assert noted == replace(again, passport=replace(again.passport, note="CC BY"))
