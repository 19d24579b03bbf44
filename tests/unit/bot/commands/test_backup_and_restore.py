"""`muza backup` and `muza restore` as commands: what they say, and what they refuse."""

import gzip
import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.commands.backup import backup
from bot.commands.restore import HALF, restore
from bot.settings import Settings
from bot.supervisor.heartbeat import Heart
from bot.supervisor.run import take_data_dir
from services.domain.errors import FilesUnavailable
from services.files.obstore_files import ObstoreFiles
from services.store.engine import open_engine
from services.store.sql_installation import SqlInstallation
from tests.fixtures_store import opened
from tests.full_database import fill
from tests.store_rows import a_document, a_project, passages_of

TOKEN, KEY = SecretStr("123:very-secret"), SecretStr("sk-very-secret")


def settings_in(folder: Path) -> Settings:
    return Settings(
        _env_file=None, data_dir=folder, embedding_model="none", telegram_bot_token=TOKEN, openai_api_key=KEY
    )


@pytest.fixture
async def here(sqlite_url: str, tmp_path: Path) -> Settings:
    settings = settings_in(tmp_path)
    assert settings.sql_url == sqlite_url
    async with opened(sqlite_url) as store:
        project = await a_project(store)
        async with store.transaction() as tx:
            await tx.documents.put(a_document(project), passages_of(["Тишина стоит 29 евро."]))
    return settings


async def test_there_and_back(here: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    archive, there = tmp_path / "b.tar.gz", settings_in(tmp_path / "there")
    assert await backup(here, archive, overwrite=False, as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["documents"], report["passages"], report["missing_files"]) == (1, 1, [])
    assert await restore(there, archive, force=False, resume=False, as_json=True) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["documents"], report["vectors_written"]) == (1, 0)
    assert set(report["quieted"].values()) == {0}
    assert await restore(there, archive, force=False, resume=False, as_json=True) == 1
    assert "--force" in capsys.readouterr().err
    assert await restore(there, archive, force=True, resume=False, as_json=False) == 0
    assert "1 documents" in capsys.readouterr().out


async def test_no_file_is_replaced_unasked_and_no_other_file_taken(
    here: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "photo.jpg"
    other.write_bytes(b"\xff\xd8 a picture")
    assert await backup(here, other, overwrite=False, as_json=False) == 1
    assert await restore(here, other, force=True, resume=False, as_json=False) == 1
    assert "Nothing was changed" in capsys.readouterr().err
    assert await SqlInstallation(here.sql_url).rows() > 0
    assert await backup(here, tmp_path / "no folder" / "b.tar.gz", overwrite=False, as_json=False) == 1
    assert "No backup was made" in capsys.readouterr().err


async def test_where_muza_is_at_work_nothing_is_restored(
    here: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await backup(here, tmp_path / "b.tar.gz", overwrite=False, as_json=True)
    lock = take_data_dir(here)
    assert await restore(here, tmp_path / "b.tar.gz", force=True, resume=False, as_json=False) == 1
    lock.release()
    assert str(here.data_dir) in capsys.readouterr().err
    heart = Heart(here, "polling")
    heart.beat()
    assert await restore(here, tmp_path / "b.tar.gz", force=True, resume=False, as_json=False) == 1
    assert "polling" in capsys.readouterr().err
    heart.stop()


async def test_secrets_stay_here(here: Settings, tmp_path: Path) -> None:
    await backup(here, tmp_path / "b.tar.gz", overwrite=False, as_json=True)
    with gzip.open(tmp_path / "b.tar.gz") as archive:
        everything = archive.read()
    assert "Тишина стоит".encode() in everything
    assert b"very-secret" not in everything


async def test_half_a_restore_is_told(
    here: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    full = settings_in(tmp_path / "full")
    full.data_dir.mkdir()
    await backup(full, tmp_path / "empty.tar.gz", overwrite=False, as_json=True)
    engine = open_engine(full.sql_url)
    await fill(engine)
    await engine.dispose()
    files = ObstoreFiles(full.files_address)
    for number in range(1, 4):
        await files.put(f"recordings/{number}/recordings.ogg", b"sound")
    await backup(full, tmp_path / "b.tar.gz", overwrite=False, as_json=True)

    async def away(self: ObstoreFiles, key: str, content: bytes | Path) -> None:
        raise FilesUnavailable(key)

    there = settings_in(tmp_path / "there")
    with monkeypatch.context() as patched:
        patched.setattr(ObstoreFiles, "put", away)
        assert await restore(there, tmp_path / "b.tar.gz", force=False, resume=False, as_json=False) == 1
    assert HALF in capsys.readouterr().err
    assert await restore(there, tmp_path / "b.tar.gz", force=False, resume=False, as_json=False) == 0
