"""What people do with documents, over real rows and files, on both engines."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from services.assistant.budgets.team_days import TeamDays
from services.assistant.knowledge.change_passport import ChangePassport
from services.assistant.knowledge.confirm_document import ConfirmDocument
from services.assistant.knowledge.delete_document import DeleteDocument
from services.assistant.knowledge.fetch_original import FetchOriginal, original_name
from services.assistant.knowledge.list_documents import ListDocuments
from services.assistant.knowledge.replace_document import ReplaceDocument, Replacement, replacement_in
from services.assistant.knowledge.show_document import ShowDocument
from services.domain.catalogue import PassportField, Shelf
from services.domain.chat import Chat, ChatKind
from services.domain.errors import DocumentTooLarge, InputError, NotAllowed, StaleAction
from services.domain.freshness import Standing
from services.domain.knowledge import Document
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role
from services.domain.passport import DocumentOrigin, Passport
from services.domain.reading import ReadDocument
from services.files.obstore_files import ObstoreFiles
from services.retrieval.ingestion import Ingestion
from services.retrieval.service import RetrievalService
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
from services.store.ports import Store
from services.store.sql_passage_source import SqlPassageSource
from tests.fakes.clock import ManualClock
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryVectorIndex
from tests.store_rows import a_document, a_member, a_project, passages_of

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TEXT = "# Прайс\n\nЛатте стоит двести рублей. Капучино стоит сто восемьдесят рублей.\n"
KEY = "documents/5/прайс.md"


@dataclass
class Shelves:
    """One document that Анна has sent, and who may want something of it."""

    store: Store
    files: ObstoreFiles
    ingestion: Ingestion
    retrieval: RetrievalService
    vectors: MemoryVectorIndex
    clock: ManualClock
    chat: Chat
    owner: Member
    other: Member
    admin: Member
    document: Document

    @property
    def days(self) -> TeamDays:
        return TeamDays(self.clock, ZoneInfo("Europe/Moscow"))

    async def found(self, words: str = "сколько стоит латте") -> int:
        return len((await self.retrieval.search(self.chat.project_id, words)).hits)

    async def audited(self) -> list[str]:
        async with self.store.reading() as tx:
            return [
                event for _, event, _, facts in await tx.audit.recent() if facts.get("document") == self.document.id
            ]


@pytest.fixture
async def shelves(store: Store) -> Shelves:
    project, owner = await a_project(store), await a_member(store)
    other, admin = await a_member(store), await a_member(store, role=Role.ADMIN)
    source, keyword, vectors, embedder = (
        SqlPassageSource(store),
        MemoryKeywordIndex(),
        MemoryVectorIndex(),
        HashingEmbedder(),
    )
    files = ObstoreFiles("memory:///")
    await files.put(KEY, TEXT.encode())
    ingestion = Ingestion(source, keyword, vectors, embedder, None, files)
    passport = Passport(
        DocumentOrigin.UPLOAD, file_key=KEY, size_bytes=99, owner_id=owner.id, added_at=NOON, checked_at=NOON
    )
    read = ReadDocument("прайс.md", TEXT, "markdown")
    learned = await ingestion.learn(project.id, read, "uploads/прайс.md", passport, owner.id)
    await ingestion.embed_pending(project.id)
    chat = Chat(-1001, ChatKind.SUPERGROUP, "Команда", project.id)
    retrieval = RetrievalService(source, keyword, vectors, embedder)
    await retrieval.warm_up()
    clock = ManualClock(datetime.now(UTC))  # rows are stamped by the store's own
    return Shelves(store, files, ingestion, retrieval, vectors, clock, chat, owner, other, admin, learned.document)


async def test_everybody_of_the_project_reads_and_nobody_else(shelves: Shelves) -> None:
    show, elsewhere = (
        ShowDocument(shelves.store, shelves.days),
        replace(shelves.chat, project_id=shelves.chat.project_id + 99),
    )
    card = await show(shelves.other, shelves.chat, shelves.document.id)
    assert (card.document.id, card.owner, card.may_change) == (shelves.document.id, shelves.owner.name, False)
    assert [line.by for line in card.versions] == [shelves.owner.name]
    for member in (shelves.owner, shelves.admin):
        with pytest.raises(StaleAction) as unknown:
            await show(member, elsewhere, shelves.document.id)
        assert unknown.value.facts["state"] == "document_unknown"
    private = replace(elsewhere, kind=ChatKind.PRIVATE)
    assert (await show(shelves.admin, private, shelves.document.id)).may_change, (
        "the digest tells admins of all projects"
    )
    with pytest.raises(NotAllowed):
        await show(replace(shelves.owner, status=MemberStatus.BLOCKED), shelves.chat, shelves.document.id)


async def test_the_owner_and_admins_change_and_others_do_not(shelves: Shelves) -> None:
    confirm, change = ConfirmDocument(shelves.store, shelves.days), ChangePassport(shelves.store, shelves.days)
    delete, replace_document = DeleteDocument(shelves.store, shelves.ingestion), ReplaceDocument(shelves.store)
    where = (shelves.other, shelves.chat, shelves.document.id)
    with pytest.raises(NotAllowed):
        await confirm(*where, 1)
    with pytest.raises(NotAllowed):
        await change(*where, {PassportField.NOTE: "x"})
    with pytest.raises(NotAllowed):
        await delete(*where, 1)
    with pytest.raises(NotAllowed):
        await replace_document(*where)
    assert await shelves.audited() == []
    for member in (shelves.owner, shelves.admin):
        await confirm(member, shelves.chat, shelves.document.id, 1)
        with pytest.raises(StaleAction) as changed:
            await replace_document(member, shelves.chat, shelves.document.id, 2)
        assert changed.value.facts["state"] == "document_changed"
    assert await shelves.audited() == ["document_confirmed"] * 2


async def test_a_document_that_was_due_holds_after_a_look(shelves: Shelves) -> None:
    where = (shelves.owner, shelves.chat, shelves.document.id)
    await ChangePassport(shelves.store, shelves.days)(*where, {PassportField.REFRESH_DAYS: 7})
    shelves.clock.advance(days=8)
    listed = await ListDocuments(shelves.store, shelves.days)(shelves.other, shelves.chat, "ПРАЙС", Shelf.STALE, 5)
    assert ([item.standing for item in listed.items], listed.number, listed.pages) == ([Standing.DUE], 0, 1)
    assert (await ConfirmDocument(shelves.store, shelves.days)(*where, 1)).standing is Standing.HOLDS
    assert (await ListDocuments(shelves.store, shelves.days)(shelves.other, shelves.chat)).counts[Shelf.STALE] == 0


@pytest.mark.parametrize(
    "edit",
    [
        {PassportField.VALID_FROM: date(2026, 5, 2), PassportField.VALID_UNTIL: date(2026, 5, 1)},
        {PassportField.NOTE: "x" * 1001},
        {PassportField.REFRESH_DAYS: 0},
        {PassportField.REFRESH_DAYS: 9999},
    ],
)
async def test_what_makes_no_sense_is_not_written(
    sqlite_store: Store, edit: dict[PassportField, str | date | int | None]
) -> None:
    owner, project = await a_member(sqlite_store), await a_project(sqlite_store)
    ingestion = Ingestion(SqlPassageSource(sqlite_store), MemoryKeywordIndex(), None, None)
    read = ReadDocument("a.md", TEXT, "markdown")
    known = (await ingestion.learn(project.id, read, "a.md", Passport(owner_id=owner.id))).document
    days = TeamDays(ManualClock(NOON), UTC)
    with pytest.raises(InputError):
        await ChangePassport(sqlite_store, days)(owner, Chat(1, ChatKind.PRIVATE, "", project.id), known.id, edit)
    async with sqlite_store.reading() as tx:
        assert await tx.documents.get(known.id) == known


async def test_nothing_of_a_deleted_document_is_left(shelves: Shelves) -> None:
    assert await shelves.found() > 0
    where = (shelves.owner, shelves.chat, shelves.document.id)
    deleted = await DeleteDocument(shelves.store, shelves.ingestion)(*where, 1)
    assert deleted.passages == 1
    assert await shelves.found() == 0
    assert await shelves.files.keys("documents") == []
    assert await shelves.vectors.count(shelves.chat.project_id, "hashing") == 0
    async with shelves.store.reading() as tx:
        assert await tx.documents.get(shelves.document.id) is None
        assert await tx.documents.versions(shelves.document.id) == []
        assert await tx.documents.content(shelves.document.id) is None
        assert await tx.documents.count_passages(shelves.chat.project_id) == 0
    with pytest.raises(StaleAction):
        await DeleteDocument(shelves.store, shelves.ingestion)(*where, 1)
    assert await shelves.audited() == ["document_deleted", "document_deletion_begun"]


async def test_an_expired_document_is_not_found_and_holds_again_when_its_days_are_changed(shelves: Shelves) -> None:
    change, where = ChangePassport(shelves.store, shelves.days), (shelves.owner, shelves.chat, shelves.document.id)
    card = await change(*where, {PassportField.VALID_UNTIL: date(2026, 2, 1)})
    assert (card.standing, await shelves.found()) == (Standing.EXPIRED, 0)
    card = await change(*where, {PassportField.VALID_UNTIL: None})
    assert card.standing is Standing.HOLDS
    assert await shelves.found() > 0


async def test_former_prices_do_not_stand_in_the_way_of_the_present_ones(sqlite_store: Store) -> None:
    """They match as well, and each leg finds so many passages and no more."""
    project, source = await a_project(sqlite_store), SqlPassageSource(sqlite_store)
    passport = Passport(valid_until=datetime.now(UTC).date() - timedelta(days=1))
    former = replace(a_document(project, "former.md"), passport=passport, language=Language.RUSSIAN)
    present = replace(a_document(project, "present.md"), language=Language.RUSSIAN)
    async with sqlite_store.transaction() as tx:
        await tx.documents.put(former, passages_of(["Латте стоит сто рублей"] * 60))
        await tx.documents.put(present, passages_of(["Латте стоит двести рублей, а с весны и дороже, смотря где"]))
    retrieval = RetrievalService(source, TantivyKeywordIndex(None), None, None)
    result = await retrieval.search(project.id, "Латте стоит сто рублей")
    assert [hit.passage.source for hit in result.hits] == ["present.md"]


async def test_the_original_is_handed_out_as_it_came(shelves: Shelves, tmp_path: Path) -> None:
    fetch, where = FetchOriginal(shelves.store, shelves.files), (shelves.other, shelves.chat, shelves.document.id)
    assert await fetch(*where, tmp_path / "original") == "прайс.md"
    assert (tmp_path / "original").read_text(encoding="utf-8") == TEXT
    with pytest.raises(DocumentTooLarge):
        await FetchOriginal(shelves.store, shelves.files, 0)(*where, tmp_path / "original")
    await shelves.files.delete(KEY)
    with pytest.raises(StaleAction):
        await fetch(*where, tmp_path / "original")


@pytest.mark.parametrize(
    ("source", "title", "key", "name"),
    [
        ("uploads/прайс.pdf", "Прайс", "documents/1/прайс.pdf", "прайс.pdf"),
        ("https://example.com/blog", "О нас: кто мы/где", "documents/2/page.html", "О нас кто мы где.html"),
        ("notes", "..", "documents/3/x", "document"),
    ],
)
def test_an_original_has_a_name_that_people_know(source: str, title: str, key: str, name: str) -> None:
    from tests.unit.handlers.test_kb import DOCUMENT

    document = replace(DOCUMENT, source=source, title=title, passport=replace(DOCUMENT.passport, file_key=key))
    assert " ".join(original_name(document).split()) == name


def test_a_lesson_knows_what_it_replaces() -> None:
    replacement = Replacement(17, "message:-1001:5")
    assert replacement_in(str(replacement)) == replacement
    assert replacement_in("message:-1001:5") is None
    assert replacement_in("replace:x:5") is None
