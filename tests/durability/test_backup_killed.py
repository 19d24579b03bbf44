"""`muza backup` and `muza restore` killed in the middle, as by a power cut: there is the old state or the new one, and
never half an archive under its name."""

import asyncio
import json
import random
import sys
from pathlib import Path

import pytest

from bot.settings import child_environment
from services.archive.archive_reader import verify
from tests.archives import Place, names_in
from tests.durability.owner import ROOT
from tests.fixtures_store import opened
from tests.full_database import fill
from tests.store_rows import a_document, a_project, passages_of

KILLS = 6
DOCUMENTS, PASSAGES = 60, 300
BEGUN_SECONDS = 6.0
"""A whole command takes about this on two cores."""


async def muza(data_dir: Path, *arguments: str, die_after: float | None = None) -> tuple[int | None, str]:
    """Exit code, None when it was killed; and what it printed."""
    changes = {"DATA_DIR": str(data_dir), "EMBEDDING_MODEL": "none", "LOG_LEVEL": "ERROR"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", *arguments),
        cwd=ROOT,
        env=child_environment(changes),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(die_after):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.wait()
        return None, ""
    return process.returncode, output.decode()


@pytest.fixture
async def place(sqlite_url: str, tmp_path: Path) -> Place:
    """Some megabytes: a kill finds something half done."""
    place = Place(sqlite_url, tmp_path / "files")
    async with place.engine() as engine:
        await fill(engine)
    for row in (await place.rows())["recordings"]:
        await place.files.put(row["file_key"], random.Random(1).randbytes(3_000_000))
    async with opened(place.url) as store:
        project = await a_project(store)
        for number in range(DOCUMENTS):
            texts = [f"{number} {each} {'Листья чая сушат на солнце. ' * 20}" for each in range(PASSAGES)]
            async with store.transaction() as tx:
                await tx.documents.put(a_document(project, f"{number}.md"), passages_of(texts))
    return place


@pytest.mark.timeout(600)
async def test_a_backup_is_whole_or_not_there(place: Place, tmp_path: Path) -> None:
    chance = random.Random(3)
    target = tmp_path / "backups" / "b.tar.gz"
    target.parent.mkdir()
    killed = 0
    for _ in range(KILLS):
        code, _ = await muza(tmp_path, "backup", str(target), die_after=chance.uniform(0.3, BEGUN_SECONDS))
        if code is None:
            killed += 1
            assert "b.tar.gz" not in names_in(target.parent)
        else:
            verify(target)
            target.unlink()
    assert killed
    code, said = await muza(tmp_path, "backup", str(target), "--json")
    assert code == 0, said
    assert json.loads(said.splitlines()[-1])["passages"] == DOCUMENTS * PASSAGES + 3
    assert verify(target).rows["documents"] == DOCUMENTS + 3
    assert names_in(target.parent) == {"b.tar.gz"}, "nothing is left of those that were killed"


@pytest.mark.timeout(600)
async def test_a_restore_is_done_or_can_be_done_again(place: Place, tmp_path: Path) -> None:
    chance = random.Random(4)
    archive, home = tmp_path / "b.tar.gz", tmp_path / "home"
    await place.back_up(archive)
    other = Place(f"sqlite+aiosqlite:///{home / 'muza.db'}", home / "files")
    for _ in range(KILLS):
        code, said = await muza(home, "restore", str(archive), die_after=chance.uniform(0.3, BEGUN_SECONDS))
        rows = await other.installation.rows()
        if code is not None:
            assert code == 0, said
            break
        assert not rows or await other.installation.unfinished() or len(await other.files.keys("")) == 3
        if rows and not await other.installation.unfinished():
            break  # it came to its end before the kill
    else:
        code, said = await muza(home, "restore", str(archive))
        assert code == 0, said
    assert await other.files.keys("") == await place.files.keys("")
    assert (await other.rows())["passages"] == (await place.rows())["passages"]
