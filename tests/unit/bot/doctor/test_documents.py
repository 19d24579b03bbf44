"""What the doctor says about documents and a restore that was cut short."""

from pathlib import Path

import pytest

from bot.commands.doctor_texts import sentence
from bot.doctor import documents
from bot.doctor.documents import check_documents
from bot.settings import Settings
from services.domain.language import Language
from services.store.sql_replacement import UNFINISHED
from tests.fixtures_store import opened


async def codes(settings: Settings) -> set[str]:
    findings = await check_documents(settings)
    assert all(sentence(one.code, one.facts, language) for one in findings for language in Language)
    return {one.code for one in findings}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, data_dir=tmp_path, knowledge_dir=tmp_path / "knowledge")


async def test_readers_and_brands_are_looked_for(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert await codes(settings) == {"documents_readers", "knowledge_folder_empty"}
    brand = settings.knowledge_dir / "acme"
    brand.mkdir(parents=True)
    (brand / "project.yaml").touch()
    monkeypatch.setattr(documents, "find_spec", lambda name: None)
    assert await codes(settings) == {"documents_no_readers", "knowledge_folder"}


async def test_a_restore_that_was_cut_short_is_told(settings: Settings, sqlite_url: str) -> None:
    assert settings.sql_url == sqlite_url
    assert "restore_unfinished" not in await codes(settings)
    async with opened(sqlite_url) as store, store.transaction() as tx:
        await tx.notes.put(UNFINISHED, {"backup": "0"})
    assert "restore_unfinished" in await codes(settings)
