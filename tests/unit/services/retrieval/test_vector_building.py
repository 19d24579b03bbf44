"""Vectors are made once for a text, and an index is built beside the old one."""

from dataclasses import replace

import pytest

from services.domain.chunk_rules import ChunkRules
from services.domain.document_history import DocumentContent
from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import SearchMode
from services.domain.reading import ReadDocument
from services.retrieval.service import RetrievalService
from tests.fakes.retrieval import HashingEmbedder
from tests.unit.services.retrieval.library import PROJECT, Library

LONG = "".join(f"Предложение номер {number} о тишине и покое. " for number in range(300))
SHORT = ChunkRules(100, 200, 10)


@pytest.fixture
def library() -> Library:
    return Library()


async def learn(library: Library, count: int = 3) -> None:
    for number in range(count):
        await library.ingestion.learn(PROJECT, ReadDocument("a", f"Story number {number}.", "text"), f"{number}.md")


def search_of(library: Library, embedder: HashingEmbedder) -> RetrievalService:
    return RetrievalService(library.source, library.keyword, library.vectors, embedder)


async def test_a_text_that_comes_back_is_not_embedded_again(library: Library) -> None:
    parts = [f"## Часть {number}\n\nСлово {number}." for number in range(5)]
    read = ReadDocument("a", "\n\n".join(parts), "text", title="Книга")
    await library.ingestion.learn(PROJECT, read, "a.md")
    await library.ingestion.embed_pending(PROJECT)
    changed = replace(read, text="\n\n".join([*parts[:4], "## Часть 4\n\nИначе."]))
    await library.ingestion.learn(PROJECT, changed, "a.md")
    assert await library.ingestion.embed_pending(PROJECT) == 5
    assert library.embedder.passages_embedded == 6
    assert await library.in_step()


async def test_a_vector_store_that_lost_everything_is_filled_without_the_model(library: Library) -> None:
    await learn(library)
    await library.ingestion.embed_pending(PROJECT)
    before = await search_of_one(library)
    await library.vectors.drop(PROJECT, "hashing")
    library.embedder.broken = True
    assert await library.ingestion.embed_pending(PROJECT) == 3
    assert await library.ingestion.rebuild(PROJECT) == 3
    library.embedder.broken = False
    assert await search_of_one(library) == before
    assert await library.in_step()


async def test_passages_from_before_hashes_were_noted_leave_nothing_behind(library: Library) -> None:
    document = (await library.ingestion.learn(PROJECT, ReadDocument("a", "Слово.", "text"), "a.md")).document
    (passage,) = await library.source.passages_of(document.id)
    await library.source.put(document, [replace(passage, text_hash=None)])
    assert await library.ingestion.embed_pending(PROJECT) == 1
    assert await library.source.kept_vectors("hashing", [passage.text_hash or ""]) == {}
    assert await library.in_step()


async def test_vectors_of_a_former_version_go_with_it(library: Library) -> None:
    read = ReadDocument("a", "Слово.", "text")
    await library.ingestion.learn(PROJECT, read, "a.md")
    await library.ingestion.embed_pending(PROJECT)
    await library.ingestion.learn(PROJECT, replace(read, text="Иначе."), "a.md")
    assert await library.vectors.count(PROJECT, "hashing") == 0
    await library.ingestion.embed_pending(PROJECT)
    library.vectors.broken = True
    assert (await library.ingestion.learn(PROJECT, read, "a.md")).changed, "a store that is away stops nobody"
    library.vectors.broken = False
    await library.ingestion.embed_pending(PROJECT)
    assert await library.in_step()


async def test_one_text_in_many_places_is_embedded_once(library: Library) -> None:
    for number in range(4):
        same = ReadDocument("a", f"The same words.{' ' * number}", "text", title="Same")
        await library.ingestion.learn(PROJECT, same, f"{number}.md", force=True)
    assert await library.ingestion.embed_pending(PROJECT) == 4
    assert library.embedder.passages_embedded == 1


async def test_an_index_does_not_vote_before_it_is_complete(library: Library) -> None:
    await learn(library, 40)
    search = search_of(library, library.embedder)
    await search.warm_up()
    library.vectors.broken = True
    with pytest.raises(KnowledgeUnavailable):
        await library.ingestion.embed_pending(PROJECT)
    library.vectors.broken = False
    found = await search.search(PROJECT, "story number 3")
    assert found.degraded == "dense: building"
    assert found.hits, "words are found all the same"
    await library.ingestion.embed_pending(PROJECT)
    assert (await search.search(PROJECT, "story number 3")).degraded is None
    await learn(library, 41)
    assert (await search.search(PROJECT, "story number 40")).degraded is None, "one more is no reason to stop voting"


async def test_another_model_gets_its_index_beside_the_old_one(library: Library) -> None:
    await learn(library)
    await library.ingestion.embed_pending(PROJECT)
    newer = HashingEmbedder("newer", dimensions=64)
    ingestion, search = library.with_model(newer), search_of(library, newer)
    await search.warm_up()
    assert (await search.search(PROJECT, "story")).degraded == "dense: building"
    library.vectors.broken = True
    with pytest.raises(KnowledgeUnavailable):
        await ingestion.embed_pending(PROJECT)
    library.vectors.broken = False
    assert await library.vectors.count(PROJECT, "hashing") == 3, "the change can still be taken back"
    assert await ingestion.embed_pending(PROJECT) == 3
    assert newer.passages_embedded == 3, "what the model said before the store failed was kept"
    assert (await search.search(PROJECT, "story")).degraded is None
    assert await library.in_step("newer")
    assert await library.vectors.count(PROJECT, "hashing") == 0
    assert not await library.source.is_built(PROJECT, "hashing")


async def test_a_rebuild_that_stops_on_the_way_is_finished_by_the_next_run(library: Library) -> None:
    await learn(library)
    await library.ingestion.embed_pending(PROJECT)
    stopped = library.with_model(library.embedder)
    stopped.stop()
    await stopped.rebuild(PROJECT)
    assert not await library.source.is_built(PROJECT, "hashing")
    await library.ingestion.embed_pending(PROJECT)
    assert await library.source.is_built(PROJECT, "hashing")
    assert await library.in_step()


async def test_new_rules_cut_anew_and_vectors_come_first(library: Library) -> None:
    read = ReadDocument("a", LONG, "text", title="О тишине")
    document = (await library.ingestion.learn(PROJECT, read, "a.md")).document
    await library.ingestion.embed_pending(PROJECT)
    old = await library.texts()
    library.source.rules[PROJECT] = {"text": SHORT}
    library.embedder.broken = True
    with pytest.raises(KnowledgeUnavailable):
        await library.ingestion.recut(PROJECT)
    assert await library.texts() == old, "without vectors the old passages stay"
    library.embedder.broken = False
    assert await library.ingestion.recut(PROJECT) == 1
    assert len(await library.texts()) > len(old)
    passages = await library.source.passages_of(document.id)
    assert {passage.id for passage in passages} <= set(await library.vectors.ids(PROJECT, "hashing"))
    await library.ingestion.embed_pending(PROJECT)
    assert await library.in_step()
    assert await library.ingestion.recut(PROJECT) == 0
    again = await library.ingestion.learn(PROJECT, read, "a.md")
    assert not again.changed


async def test_a_document_from_before_texts_were_kept_is_cut_from_its_passages(library: Library) -> None:
    read = ReadDocument("a", f"# О тишине\n\n## Покой\n\n{LONG}", "text")
    document = (await library.ingestion.learn(PROJECT, read, "a.md")).document
    old = [replace(one, text_hash=None) for one in await library.source.passages_of(document.id)]
    document = await library.source.put(replace(document, chunking="whole"), old)
    assert await library.ingestion.recut(PROJECT) == 0, "the usual rules cut it as it is"
    library.source.rules[PROJECT] = {"": SHORT}
    assert await library.ingestion.recut(PROJECT) == 1
    content: DocumentContent | None = await library.source.content(document.id)
    assert content is not None
    assert content.text.split() == read.text.split()
    assert {one.section for one in await library.source.passages_of(document.id)} == {"Покой"}


async def search_of_one(library: Library) -> list[str]:
    search = search_of(library, library.embedder)
    await search.warm_up()
    found = await search.search(PROJECT, "story number 2", mode=SearchMode.DENSE)
    return [hit.passage.id for hit in found.hits]
