"""A database through an archive into another engine, and back: the same rows."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.archive.back_up import BackUp
from services.archive.restore_backup import RestoreBackup, RestoreReport
from services.files.obstore_files import ObstoreFiles
from services.store.engine import open_engine
from services.store.sql_installation import SqlInstallation
from tests.full_database import fill, rows_of

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def silent(*_: object) -> None:
    """Nobody watches."""


class Place:
    """An installation: its database and its files."""

    def __init__(self, url: str, files: Path) -> None:
        self.url = url
        self.installation = SqlInstallation(url)
        self.files = ObstoreFiles(files.as_uri())

    async def back_up(self, target: Path) -> None:
        await BackUp(self.installation, self.files, lambda: NOW, "9.9")(target, silent)

    async def restore(self, archive: Path, *, force: bool = False, resume: bool = True) -> RestoreReport:
        return await RestoreBackup(self.installation, self.files, lambda: NOW)(
            archive, silent, force=force, resume=resume
        )

    @asynccontextmanager
    async def engine(self) -> AsyncIterator[AsyncEngine]:
        engine = open_engine(self.url)
        yield engine
        await engine.dispose()

    async def rows(self) -> dict[str, list[dict[str, Any]]]:
        async with self.engine() as engine:
            return await rows_of(engine)


@pytest.fixture
async def place(store_url: str, tmp_path: Path) -> Place:
    place = Place(store_url, tmp_path / "files")
    async with place.engine() as engine:
        await fill(engine)
    return place


@pytest.fixture
def elsewhere(blank_url: str, tmp_path: Path) -> Place:
    return Place(blank_url, tmp_path / "other files")


def without_left_out(rows: dict[str, list[dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Which vectors lie where is found out anew; the note of a restore is not of the backup."""
    return {name: found for name, found in rows.items() if name != "passage_embeddings"}


async def test_every_row_of_every_table_comes_back_the_same(place: Place, elsewhere: Place, tmp_path: Path) -> None:
    before = await place.rows()
    assert all(before.values()), "no table is empty"
    await place.back_up(tmp_path / "b.tar.gz")
    report = await elsewhere.restore(tmp_path / "b.tar.gz")
    after = await elsewhere.rows()
    assert without_left_out(after) == without_left_out(before)
    assert after["passage_embeddings"] == []
    assert report.rows == sum(map(len, without_left_out(before).values()))
    assert await place.rows() == before
