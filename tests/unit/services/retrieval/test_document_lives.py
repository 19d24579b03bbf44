"""Documents come, change, move, are there twice, and go."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from services.domain.passport import DocumentFlag, DocumentOrigin, Passport
from services.domain.reading import ReadDocument
from tests.unit.services.retrieval.library import PROJECT, Library

LONG = " ".join(f"слово{number}" for number in range(200))
VOICE = "# Книга\n\n## Голос\n\nТихо.\n\n"
BOOK = ReadDocument("book.pdf", f"{VOICE}## Цвет\n\n{LONG}", "pdf", page_starts=(0, len(VOICE)))


@pytest.fixture
def library() -> Library:
    return Library()


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


async def test_a_document_is_found_by_its_words_at_once_with_its_pages(library: Library) -> None:
    passport = Passport(DocumentOrigin.UPLOAD, file_key="documents/1", owner_id=7)
    read = replace(BOOK, flags=(DocumentFlag.HIDDEN_TEXT,), author="Вера", date=date(2026, 2, 3))
    outcome = await library.ingestion.learn(PROJECT, read, "book.pdf", passport, 7)
    document = outcome.document
    assert (outcome.changed, outcome.passages, outcome.near, outcome.is_duplicate) == (True, 2, (), False)
    assert (document.title, document.format, document.pages) == ("Книга", "pdf", 2)
    assert (document.author, document.date, document.passport.owner_id) == ("Вера", date(2026, 2, 3), 7)
    assert document.passport.flags == (DocumentFlag.HIDDEN_TEXT,)
    first, second = await library.source.passages_of(document.id)
    assert (first.section, first.page, first.last_page) == ("Голос", 1, 1)
    assert (second.section, second.page, second.last_page) == ("Цвет", 2, 2)
    assert await library.keyword.search(PROJECT, "тихо", 5)
    content = await library.source.content(document.id)
    assert content is not None
    assert content.text[second.start : second.end] == second.text


async def test_a_new_version_keeps_what_nobody_said_anew(library: Library) -> None:
    passport = Passport(DocumentOrigin.UPLOAD, file_key="k1", owner_id=7, note="CC BY", valid_until=date(2027, 1, 1))
    await library.ingestion.learn(PROJECT, BOOK, "book.pdf", passport)
    newer = replace(BOOK, text="# Книга\n\nИначе.")
    outcome = await library.ingestion.learn(PROJECT, newer, "book.pdf", Passport(DocumentOrigin.UPLOAD, note="mine"))
    kept = outcome.document.passport
    assert outcome.document.version == 2
    assert (kept.owner_id, kept.note, kept.valid_until, kept.file_key) == (7, "mine", date(2027, 1, 1), None)


async def test_the_same_content_under_another_name_is_told_and_not_indexed_twice(library: Library) -> None:
    first = await library.ingestion.learn(PROJECT, BOOK, "book.pdf")
    again = await library.ingestion.learn(PROJECT, replace(BOOK, name="copy.pdf"), "copy.pdf")
    assert (again.document, again.is_duplicate, again.changed) == (first.document, True, False)
    assert await library.sources() == ["book.pdf"]
    forced = await library.ingestion.learn(PROJECT, BOOK, "copy.pdf", force=True)
    assert (forced.is_duplicate, forced.changed) == (False, True)
    assert await library.sources() == ["book.pdf", "copy.pdf"]


async def test_nearly_the_same_is_indexed_and_told(library: Library) -> None:
    first = await library.ingestion.learn(PROJECT, BOOK, "book.pdf")
    await library.ingestion.learn(PROJECT, replace(BOOK, text="Совсем другое: " + LONG[::-1]), "other.pdf")
    near = replace(BOOK, text=BOOK.text.replace("слово100 ", "слово "))
    outcome = await library.ingestion.learn(PROJECT, near, "draft.pdf")
    assert outcome.changed
    assert outcome.near == (first.document,)


async def test_a_moved_file_keeps_its_document(library: Library, tmp_path: Path) -> None:
    write(tmp_path, old="# Голос\n\nТихо.", twin="# Другое\n\nГромко.")
    before = await library.ingestion.ingest_folder(PROJECT, tmp_path)
    (tmp_path / "new").mkdir()
    (tmp_path / "old.md").rename(tmp_path / "new" / "name.md")
    after = await library.ingestion.ingest_folder(PROJECT, tmp_path, remove_vanished=True)
    moved = next(one for one in after.documents if one.renamed_from)
    assert (moved.renamed_from, moved.document.source, moved.changed) == ("old.md", "new/name.md", False)
    assert moved.document.id == before.documents[0].document.id
    assert after.removed == ()
    assert await library.sources() == ["new/name.md", "twin.md"]


async def test_a_moved_file_that_its_name_titled_is_indexed_under_the_new_title(
    library: Library, tmp_path: Path
) -> None:
    write(tmp_path, spring="Тихо, без заголовка.")
    before = await library.ingestion.ingest_folder(PROJECT, tmp_path)
    (tmp_path / "spring.md").rename(tmp_path / "summer.md")
    (outcome,) = (await library.ingestion.ingest_folder(PROJECT, tmp_path)).documents
    assert (outcome.renamed_from, outcome.document.title, outcome.changed) == ("spring.md", "summer", True)
    assert (outcome.document.id, outcome.document.version) == (before.documents[0].document.id, 2)
    assert await library.keyword.search(PROJECT, "summer", 1)


async def test_a_copy_in_the_folder_is_no_move_and_what_was_sent_is_never_moved(
    library: Library, tmp_path: Path
) -> None:
    write(tmp_path, a="# Голос\n\nТихо.", b="# Голос\n\nТихо.")
    outcomes = (await library.ingestion.ingest_folder(PROJECT, tmp_path, remove_vanished=True)).documents
    assert [(one.document.source, one.is_duplicate) for one in outcomes] == [("a.md", False), ("a.md", True)]
    await library.ingestion.learn(PROJECT, BOOK, "sent.pdf", Passport(DocumentOrigin.UPLOAD))
    write(tmp_path, c=BOOK.text)
    (tmp_path / "a.md").unlink()
    outcome = await library.ingestion.ingest_folder(PROJECT, tmp_path, remove_vanished=True)
    assert {(one.renamed_from, one.is_duplicate) for one in outcome.documents} == {("a.md", False), (None, True)}
    assert await library.sources() == ["b.md", "sent.pdf"]


async def test_an_archive_gives_documents_that_come_and_go_with_it(library: Library, tmp_path: Path) -> None:
    archive = tmp_path / "notion.zip"
    archive.write_text("a.md: # Первое\nsub/b.md: # Второе\n", encoding="utf-8")
    await library.ingestion.ingest_folder(PROJECT, tmp_path, remove_vanished=True)
    assert await library.sources() == ["notion.zip/a.md", "notion.zip/sub/b.md"]
    archive.write_text("moved/a.md: # Первое\n", encoding="utf-8")
    outcome = await library.ingestion.ingest_folder(PROJECT, tmp_path, remove_vanished=True)
    assert [one.renamed_from for one in outcome.documents] == ["notion.zip/a.md"]
    assert outcome.removed == ("notion.zip/sub/b.md",)
    archive.write_bytes(b"\xff\xfe\xff")
    assert (await library.ingestion.ingest_folder(PROJECT, tmp_path, remove_vanished=True)).removed == ()
    archive.unlink()
    outcome = await library.ingestion.ingest_folder(PROJECT, tmp_path, remove_vanished=True)
    assert outcome.removed == ("notion.zip/moved/a.md",)


async def test_the_same_bytes_are_not_read_again(library: Library, tmp_path: Path) -> None:
    write(tmp_path, a="# А", b="# Б")
    await library.ingestion.ingest_folder(PROJECT, tmp_path)
    write(tmp_path, b="# В")
    await library.ingestion.ingest_folder(PROJECT, tmp_path)
    assert library.reader.files_read == 3
    await library.ingestion.ingest_folder(PROJECT, tmp_path, force=True)
    assert library.reader.files_read == 5


async def test_what_is_forgotten_is_gone_everywhere(library: Library) -> None:
    passport = Passport(DocumentOrigin.UPLOAD, file_key="documents/1")
    outcome = await library.ingestion.learn(PROJECT, BOOK, "book.pdf", passport)
    await library.ingestion.embed_pending(PROJECT)
    hashes = [passage.text_hash or "" for passage in await library.source.passages_of(outcome.document.id)]
    assert len(await library.source.kept_vectors("hashing", hashes)) == 2
    assert not await library.ingestion.forget(PROJECT + 1, outcome.document.id)
    assert await library.ingestion.forget(PROJECT, outcome.document.id)
    assert not await library.ingestion.forget(PROJECT, outcome.document.id)
    assert library.originals.deleted == ["documents/1"]
    assert await library.texts() == []
    assert await library.keyword.search(PROJECT, "тихо", 5) == []
    assert await library.vectors.ids(PROJECT, "hashing") == []
    assert await library.source.kept_vectors("hashing", hashes) == {}
    assert await library.source.content(outcome.document.id) is None


async def test_vectors_of_the_forgotten_are_deleted_later_when_their_store_was_away(library: Library) -> None:
    outcome = await library.ingestion.learn(PROJECT, BOOK, "book.pdf")
    await library.ingestion.embed_pending(PROJECT)
    library.vectors.broken = True
    assert await library.ingestion.forget(PROJECT, outcome.document.id)
    library.vectors.broken = False
    assert await library.vectors.count(PROJECT, "hashing") == 2
    await library.ingestion.embed_pending(PROJECT)
    assert await library.vectors.count(PROJECT, "hashing") == 0
