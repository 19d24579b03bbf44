"""The bodies of `muza ingest` and `muza search`, over a real database and keyword index."""

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from bot.commands import ingest_report
from bot.commands import search as search_command
from bot.commands.ingest import ingest_paths
from bot.commands.ingest_bar import IngestBar
from bot.commands.ingest_report import IngestReport
from bot.commands.search import Wishes, search_passages
from services.domain.errors import FilterUnclear, InputError
from services.domain.knowledge import SearchResult
from services.domain.language import Language
from services.domain.project import BrandProfile
from services.retrieval.ingestion import Ingestion
from services.retrieval.service import RetrievalService
from services.retrieval.tantivy_keyword import TantivyKeywordIndex
from services.store.sql_passage_source import SqlPassageSource
from services.store.sql_store import SqlStore
from tests.fakes.retrieval import HashingEmbedder, MemoryVectorIndex


class Commands:
    def __init__(self, store: SqlStore) -> None:
        self.store = store
        self.vectors = MemoryVectorIndex()
        self.embedder = HashingEmbedder()
        source, keyword = SqlPassageSource(store), TantivyKeywordIndex(None)
        self.ingestion = Ingestion(source, keyword, self.vectors, self.embedder)
        self.retrieval = RetrievalService(source, keyword, self.vectors, self.embedder)

    async def ingest(self, *paths: Path, project: str | None = None) -> list[IngestReport]:
        return await ingest_paths(self.store, self.retrieval, self.ingestion, paths, project=project)

    async def search(self, query: str, project: str | None = None) -> SearchResult:
        return await search_passages(self.retrieval, self.store, query, Wishes(limit=3, project=project))


@pytest.fixture
def commands(sqlite_store: SqlStore) -> Commands:
    return Commands(sqlite_store)


@pytest.fixture
def brand(tmp_path: Path) -> Path:
    folder = tmp_path / "knowledge" / "acme"
    (folder / "en").mkdir(parents=True)
    (folder / "project.yaml").write_text("name: Acme\nslug: acme\nvoice: [Loud.]", encoding="utf-8")
    (folder / "en" / "prices.md").write_text("# Prices\n\nThe blanket costs 29 euros.", encoding="utf-8")
    (folder / "en" / "story.md").write_text("# Story\n\nFounded by two sisters.", encoding="utf-8")
    return folder


def printed(show: object, *arguments: object, as_json_text: bool) -> str:
    assert callable(show)
    console = Console(file=io.StringIO(), width=100)
    show(*arguments, console, as_json_text=as_json_text)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def show_report(reports: list[IngestReport], console: Console, *, as_json_text: bool) -> None:
    ingest_report.show(reports, console, Language.ENGLISH, as_json_text=as_json_text)


async def test_a_brand_folder_becomes_a_project_that_can_be_searched(commands: Commands, brand: Path) -> None:
    (report,) = await commands.ingest(brand)
    assert (report.project, report.documents, report.changed, report.passages, report.vectors) == ("acme", 2, 2, 2, 2)
    async with commands.store.reading() as tx:
        project = await tx.projects.by_slug("acme")
    assert project
    assert project.profile.voice == ("Loud.",)
    result = await commands.search("blanket price")
    assert (result.hits[0].passage.source, result.degraded) == ("en/prices.md", None)


async def test_a_folder_of_brands_is_each_of_them(commands: Commands, brand: Path) -> None:
    other = brand.parent / "rival"
    other.mkdir()
    (other / "project.yaml").write_text("name: Rival", encoding="utf-8")
    (other / "a.md").write_text("Something else.", encoding="utf-8")
    assert [report.project for report in await commands.ingest(brand.parent)] == ["acme", "rival"]


async def test_again_changes_nothing_and_vanished_files_leave_the_brand(commands: Commands, brand: Path) -> None:
    await commands.ingest(brand)
    (brand / "en" / "story.md").unlink()
    (report,) = await commands.ingest(brand)
    assert (report.changed, report.removed) == (0, ["en/story.md"])
    assert (await commands.search("sisters founded")).hits == ()


async def test_loose_files_make_a_first_project_or_one_that_is_named(commands: Commands, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("A kettle for the office.", encoding="utf-8")
    assert [report.project for report in await commands.ingest(note)] == ["default"]
    assert [report.project for report in await commands.ingest(note)] == ["default"]
    assert [report.project for report in await commands.ingest(note, project="tea-house")] == ["tea-house"]
    with pytest.raises(InputError, match="default, tea-house"):
        await commands.ingest(note)
    with pytest.raises(InputError, match="cannot name a project"):
        await commands.ingest(note, project="Чай!")


async def test_loose_files_remove_nothing(commands: Commands, brand: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("A kettle for the office.", encoding="utf-8")
    await commands.ingest(brand)
    (report,) = await commands.ingest(note, project="acme")
    assert (report.documents, report.removed) == (1, [])
    assert {hit.passage.source for hit in (await commands.search("kettle blanket")).hits} >= {"note.txt"}


async def test_a_model_that_is_down_leaves_words_and_the_next_run_makes_up(commands: Commands, brand: Path) -> None:
    commands.vectors.broken = True
    (report,) = await commands.ingest(brand)
    assert report.without_vectors
    assert (await commands.search("blanket price")).hits
    commands.vectors.broken = False
    (report,) = await commands.ingest(brand)
    assert (report.vectors, report.without_vectors) == (2, None)


async def test_what_does_not_exist_is_named(commands: Commands, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="nowhere"):
        await commands.ingest(tmp_path / "nowhere")
    with pytest.raises(InputError, match="muza ingest"):
        await commands.search("blanket")


async def test_with_several_projects_one_must_be_named(commands: Commands, brand: Path) -> None:
    await commands.ingest(brand)
    async with commands.store.transaction() as tx:
        await tx.projects.ensure("rival", "Rival", BrandProfile())
    with pytest.raises(InputError, match="acme, rival"):
        await commands.search("blanket")
    assert (await commands.search("blanket", project="acme")).hits
    assert not (await commands.search("blanket", project="rival")).hits


async def test_json_of_a_search_is_a_contract(commands: Commands, brand: Path) -> None:
    await commands.ingest(brand)
    body = json.loads(printed(search_command.show, await commands.search("blanket price"), as_json_text=True))
    assert set(body) == {"query", "mode", "degraded", "translated", "hits"}
    assert (body["query"], body["mode"], body["degraded"]) == ("blanket price", "hybrid", None)
    hit = body["hits"][0]
    place = {"source", "title", "section", "page", "last_page", "passage_id"}
    assert set(hit) == {"rank", "score", "text", "legs", *place}
    assert (hit["rank"], hit["source"], hit["title"], hit["legs"]["keyword"]) == (1, "en/prices.md", "Prices", 1)


async def test_people_get_a_table_or_a_word(commands: Commands, brand: Path) -> None:
    await commands.ingest(brand)
    assert "blanket costs" in printed(search_command.show, await commands.search("blanket"), as_json_text=False)
    nothing = await commands.search("quantum chromodynamics")
    assert "Nothing found." in printed(search_command.show, nothing, as_json_text=False)


async def test_a_report_is_told_in_words_and_in_json(commands: Commands, brand: Path) -> None:
    (brand / "en" / "bad.md").write_bytes(b"\x00\x01")
    reports = await commands.ingest(brand)
    words = printed(show_report, reports, as_json_text=False)
    assert "acme: 2 documents, 2 new or changed, 2 passages, 2 vectors" in words
    assert "not read" in words
    assert "bad.md" in words
    body = json.loads(printed(show_report, reports, as_json_text=True))
    (report,) = body["reports"]
    assert report["project"] == "acme"
    (refused,) = report["refused"]
    assert (Path(refused["path"]).name, refused["code"]) == ("bad.md", "input")
    assert refused["text"] in words


def test_the_progress_bar_is_silent_where_nobody_looks() -> None:
    file = io.StringIO()
    with IngestBar(Console(file=file)) as bar:
        bar.reading(1, 2, "a.md")
        bar.embedding(1, 2, "a.md")
    assert file.getvalue().strip() == ""


def test_the_stages_are_lines_of_their_own() -> None:
    file = io.StringIO()
    with IngestBar(Console(file=file, force_terminal=True, width=120)) as bar:
        bar.reading(1, 2, "a.pdf")
        bar.embedding(30, 40, "b.pdf")
        bar.refresh()
        shown = file.getvalue()
    assert "read, cleaned, cut" in shown
    assert "1/2" in shown
    assert "30/40" in shown


async def test_a_search_may_be_narrowed_to_documents(commands: Commands, brand: Path) -> None:
    await commands.ingest(brand)
    everything = await search_passages(commands.retrieval, commands.store, "blanket", Wishes(type="markdown"))
    assert everything.hits[0].passage.source == "en/prices.md"
    assert not (await search_passages(commands.retrieval, commands.store, "blanket", Wishes(type="pdf"))).hits
    assert not (await search_passages(commands.retrieval, commands.store, "blanket", Wishes(until="2001"))).hits


@pytest.mark.parametrize("wishes", [Wishes(since="spring"), Wishes(since="2026-02", until="2026-01")])
async def test_a_period_that_is_none_is_said_so(commands: Commands, brand: Path, wishes: Wishes) -> None:
    await commands.ingest(brand)
    with pytest.raises(FilterUnclear):
        await search_passages(commands.retrieval, commands.store, "blanket", wishes)
