"""`muza kb` over a real database and keyword index."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.commands.kb_documents import delete_documents, list_documents, show_document
from bot.commands.kb_index import RuleChange, cutting_rules, rebuild_indexes
from bot.container import Container, build_services, open_container
from bot.settings import Settings
from services.domain.knowledge import SearchMode
from services.domain.project import BrandProfile
from tests.fakes.retrieval import HashingEmbedder, MemoryVectorIndex
from tests.migrated_database import put_migrated_database

LONG = "\n\n".join(
    f"Note {n} says that the kettle whistles and the blanket waits for its {n}th evening." for n in range(90)
)


@pytest.fixture
async def container(tmp_path: Path) -> AsyncIterator[Container]:
    await put_migrated_database(tmp_path / "data" / "muza.db")
    settings = Settings(_env_file=None, data_dir=tmp_path / "data", embedding_model="bundled", chroma_url="http://none")
    async with open_container(settings, "command") as opened:
        adapters = replace(opened.adapters, vectors=MemoryVectorIndex(), embedder=HashingEmbedder())
        container = Container(settings, adapters, build_services(adapters), opened.nursery)
        async with container.store.transaction() as tx:
            project = await tx.projects.ensure("acme", "Acme", BrandProfile())
        ingestion = container.services.ingestion
        await ingestion.ingest_text(project.id, "prices.md", "# Prices\n\nThe blanket costs 29 euros.")
        await ingestion.ingest_text(project.id, "notes.md", f"# Notes\n\n{LONG}")
        await ingestion.embed_pending(project.id)
        await container.services.retrieval.warm_up(1.0)
        yield container


def said(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


async def found(container: Container, mode: SearchMode) -> list[str]:
    result = await container.services.retrieval.search(1, "blanket costs euros", mode=mode, limit=5)
    return [hit.passage.source for hit in result.hits]


async def test_documents_are_listed_and_narrowed_by_words(
    container: Container, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await list_documents(container, "", None, as_json=True) == 0
    body = said(capsys)
    assert (body["project"], [one["source"] for one in body["documents"]]) == ("acme", ["notes.md", "prices.md"])
    assert body["documents"][1]["passages"] == 1
    assert body["documents"][1]["standing"] == "holds"
    await list_documents(container, "PRICE", None, as_json=True)
    assert [one["source"] for one in said(capsys)["documents"]] == ["prices.md"]
    await list_documents(container, "nothing of the kind", None, as_json=False)
    assert "No documents." in capsys.readouterr().out


async def test_a_document_is_shown_by_number_or_source(
    container: Container, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await show_document(container, "prices.md", "acme", as_json=True) == 0
    by_source = said(capsys)
    assert await show_document(container, str(by_source["id"]), None, as_json=True) == 0
    assert said(capsys) == by_source
    assert "29 euros" in by_source["texts"][0]["text"]
    assert [version["version"] for version in by_source["versions"]] == [1]
    assert await show_document(container, "nowhere.md", None, as_json=False) == 2
    assert "nowhere.md" in capsys.readouterr().err


async def test_deleted_means_found_no_more(container: Container, capsys: pytest.CaptureFixture[str]) -> None:
    assert await delete_documents(container, ["prices.md", "nowhere.md"], None, is_sure=True, as_json=True) == 2
    assert await found(container, SearchMode.KEYWORD), "none of them, when one is not known"
    capsys.readouterr()
    assert await delete_documents(container, ["prices.md"], None, is_sure=True, as_json=True) == 0
    assert len(said(capsys)["deleted"]) == 1
    for mode in SearchMode:
        assert "prices.md" not in await found(container, mode)


async def test_a_rule_cuts_anew_and_is_taken_back(container: Container, capsys: pytest.CaptureFixture[str]) -> None:
    async with container.store.reading() as tx:
        before = await tx.documents.count_passages(1)
    small = RuleChange("", target=100, limit=150)
    assert await cutting_rules(container, None, small, as_json=True) == 0
    body = said(capsys)
    assert body["rules"][""] == {"target_tokens": 100, "limit_tokens": 150, "overlap_percent": 12}
    assert body["recut"] == 2
    async with container.store.reading() as tx:
        assert await tx.documents.count_passages(1) > before
        assert (
            await tx.documents.unembedded(1, container.adapters.embedder.model if container.adapters.embedder else "")
            == []
        )
    assert await cutting_rules(container, None, RuleChange(reset=True), as_json=True) == 0
    assert said(capsys)["rules"][""]["target_tokens"] == 500
    async with container.store.reading() as tx:
        assert await tx.documents.count_passages(1) == before
    assert await cutting_rules(container, None, RuleChange(target=100, limit=50), as_json=True) == 2


async def test_indexes_are_made_anew_from_what_is_kept(
    container: Container, capsys: pytest.CaptureFixture[str]
) -> None:
    vectors, embedder = container.adapters.vectors, container.adapters.embedder
    assert isinstance(vectors, MemoryVectorIndex)
    assert isinstance(embedder, HashingEmbedder)
    keyword = container.adapters.keyword
    async with container.store.reading() as tx:
        total = await tx.documents.count_passages(1)
    await vectors.drop(1, embedder.model)
    asked_before = embedder.passages_embedded
    await keyword.catch_up(container.adapters.passages)
    assert await rebuild_indexes(container, "acme", by_model=False, as_json=True) == 0
    assert said(capsys) == {
        "projects": [{"project": "acme", "passages": total, "vectors": total, "without_vectors": None}]
    }
    assert await vectors.count(1, embedder.model) == total
    assert embedder.passages_embedded == asked_before, "the vectors were kept"
    assert await keyword.catch_up(container.adapters.passages) == 0, "the rebuild has caught up already"
    assert await found(container, SearchMode.KEYWORD)
    assert await rebuild_indexes(container, "nobody", by_model=False, as_json=True) == 2
