"""What a folder of files becomes, over fakes."""

from pathlib import Path

import pytest

from services.domain.errors import KnowledgeUnavailable
from services.retrieval.ingestion import Ingestion, find_files
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryPassageSource, MemoryVectorIndex

PROJECT, MODEL = 1, "hashing"


class Base:
    def __init__(self) -> None:
        self.source = MemoryPassageSource()
        self.keyword = MemoryKeywordIndex()
        self.vectors = MemoryVectorIndex()
        self.embedder = HashingEmbedder()
        self.ingestion = self.another()

    def another(self) -> Ingestion:
        return Ingestion(self.source, self.keyword, self.vectors, self.embedder)

    async def in_step(self) -> bool:
        """Vectors are exactly those of the passages in SQL."""
        alive = {passage.id for passage in await self.source.all_passages(PROJECT, limit=10_000)}
        return set(await self.vectors.ids(PROJECT, MODEL)) == alive


@pytest.fixture
def base() -> Base:
    return Base()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "ru/voice.md": "---\ntitle: Голос\nlanguage: ru\n---\n# Голос\n\n## Как\n\nТихо.\n\n## Где\n\nВезде.",
        "en/prices.txt": "The blanket costs 29 euros.",
        "picture.png": "not text",
        ".hidden/notes.md": "secret",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path


async def test_a_folder_becomes_documents_with_passages_searchable_at_once(base: Base, folder: Path) -> None:
    outcome = await base.ingestion.ingest_folder(PROJECT, folder)
    assert [(one.document.source, one.changed, one.passages) for one in outcome.documents] == [
        ("en/prices.txt", True, 1),
        ("ru/voice.md", True, 2),
    ]
    assert await base.keyword.search(PROJECT, "blanket", 5)
    first, second = [p for p in await base.source.all_passages(PROJECT) if p.source == "ru/voice.md"]
    assert (first.title, first.section, second.section, second.position) == ("Голос", "Как", "Где", 1)


async def test_unchanged_files_are_left_alone(base: Base, folder: Path) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    before = await base.source.all_passages(PROJECT)
    again = await base.ingestion.ingest_folder(PROJECT, folder)
    assert not any(one.changed for one in again.documents)
    assert await base.source.all_passages(PROJECT) == before


async def test_force_writes_the_next_version_of_an_unchanged_file(base: Base, folder: Path) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    again = await base.ingestion.ingest_folder(PROJECT, folder, force=True)
    assert {one.document.version for one in again.documents} == {2}


async def test_a_changed_file_replaces_its_passages_everywhere(base: Base, folder: Path) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    await base.ingestion.embed_pending(PROJECT)
    (folder / "en/prices.txt").write_text("The blanket costs 31 euros.", encoding="utf-8")
    outcome = await base.ingestion.ingest_folder(PROJECT, folder)
    await base.ingestion.embed_pending(PROJECT)
    assert [one.document.source for one in outcome.documents if one.changed] == ["en/prices.txt"]
    texts = [passage.text for passage in await base.source.all_passages(PROJECT)]
    assert "The blanket costs 31 euros." in texts
    assert "The blanket costs 29 euros." not in texts
    assert await base.in_step()


async def test_vanished_files_leave_only_where_the_folder_is_the_whole(base: Base, folder: Path) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    (folder / "en/prices.txt").unlink()
    assert (await base.ingestion.ingest_folder(PROJECT, folder)).removed == ()
    outcome = await base.ingestion.ingest_folder(PROJECT, folder, remove_vanished=True)
    assert outcome.removed == ("en/prices.txt",)
    assert [document.source for document in await base.source.list(PROJECT)] == ["ru/voice.md"]


async def test_one_unreadable_file_stops_nothing_and_keeps_its_former_text(base: Base, folder: Path) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    (folder / "en/prices.txt").write_bytes(b"\x00\x01\x02")
    outcome = await base.ingestion.ingest_folder(PROJECT, folder, remove_vanished=True)
    assert [Path(path).name for path, _ in outcome.unreadable] == ["prices.txt"]
    assert outcome.removed == ()
    assert len(await base.source.list(PROJECT)) == 2


async def test_embedding_continues_where_it_was_cut(base: Base) -> None:
    for number in range(70):
        await base.ingestion.ingest_text(PROJECT, f"{number}.md", f"Story number {number}.")
    base.vectors.broken = True
    with pytest.raises(KnowledgeUnavailable):
        await base.ingestion.embed_pending(PROJECT)
    base.vectors.broken = False
    assert await base.ingestion.embed_pending(PROJECT) == 70
    assert await base.ingestion.embed_pending(PROJECT) == 0
    assert await base.in_step()


async def test_lost_vectors_are_found_missing_and_made_again(base: Base, folder: Path) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    await base.ingestion.embed_pending(PROJECT)
    await base.vectors.drop(PROJECT, MODEL)
    assert await base.ingestion.embed_pending(PROJECT) == 3
    assert await base.in_step()


async def test_left_over_vectors_are_deleted(base: Base, folder: Path) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    await base.ingestion.embed_pending(PROJECT)
    await base.vectors.upsert(PROJECT, MODEL, ["99:1:0"], [[1.0] * 256])
    assert await base.ingestion.embed_pending(PROJECT) == 0
    assert await base.in_step()


async def test_reindexing_makes_every_vector_anew(base: Base, folder: Path) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    await base.ingestion.embed_pending(PROJECT)
    base.embedder.passages_embedded = 0
    assert await base.ingestion.reindex(PROJECT) == base.embedder.passages_embedded == 3
    assert await base.in_step()


async def test_without_a_model_there_is_nothing_to_embed(base: Base, folder: Path) -> None:
    plain = Ingestion(base.source, base.keyword, None, None)
    await plain.ingest_folder(PROJECT, folder)
    assert await plain.embed_pending(PROJECT) == 0
    assert await plain.reindex(PROJECT) == 0


async def test_progress_is_told_from_start_to_end(base: Base, folder: Path) -> None:
    told: list[tuple[int, int, str]] = []
    await base.ingestion.ingest_folder(PROJECT, folder, lambda *step: told.append(step))
    assert told == [(0, 2, "prices.txt"), (1, 2, "voice.md"), (2, 2, "")]


def test_links_out_of_the_folder_are_not_followed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "private.md"
    outside.write_text("private", encoding="utf-8")
    (folder / "link.md").symlink_to(outside)
    assert [file.name for file in find_files(folder)] == ["prices.txt", "voice.md"]


async def test_reading_can_be_stopped_between_files_without_taking_the_rest_for_vanished(
    base: Base, folder: Path
) -> None:
    await base.ingestion.ingest_folder(PROJECT, folder)
    stopped = base.another()
    outcome = await stopped.ingest_folder(PROJECT, folder, lambda *_: stopped.stop(), remove_vanished=True, force=True)
    assert (len(outcome.documents), outcome.removed, outcome.is_complete) == (1, (), False)
    assert len(await base.source.list(PROJECT)) == 2
