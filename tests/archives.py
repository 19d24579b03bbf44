"""An installation to be backed up and restored, and archives taken apart."""

import gzip
import io
import stat
import tarfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.archive.back_up import BackUp, BackupReport
from services.archive.restore_backup import RestoreBackup, RestoreReport
from services.files.obstore_files import ObstoreFiles
from services.store.engine import open_engine
from services.store.sql_installation import SqlInstallation
from tests.full_database import rows_of

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def silent(*_: object) -> None:
    """Nobody watches."""


class Place:
    """Its database and its files."""

    def __init__(self, url: str, files: Path) -> None:
        self.url = url
        self.installation = SqlInstallation(url)
        self.files = ObstoreFiles(files.as_uri())
        self.bench = files.with_name("bench")

    async def back_up(self, target: Path, *, overwrite: bool = False) -> BackupReport:
        return await BackUp(self.installation, self.files, lambda: NOW, "9.9")(target, silent, overwrite=overwrite)

    async def restore(self, archive: Path, *, force: bool = False, resume: bool = True) -> RestoreReport:
        return await RestoreBackup(self.installation, self.files, lambda: NOW, self.bench)(
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


def unpacked(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive, "r:gz") as tar:
        return {entry.name: found.read() for entry in tar if (found := tar.extractfile(entry)) is not None}


def packed(members: Mapping[str, bytes], target: Path) -> Path:
    with gzip.open(target, "wb") as zipped, tarfile.open(fileobj=zipped, mode="w|") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return target


def bytes_of(path: Path) -> bytes:
    return path.read_bytes()


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def names_in(folder: Path) -> set[str]:
    """But for what SQLite lays beside its file."""
    return {path.name for path in folder.iterdir() if not path.name.endswith(("-shm", "-wal"))}
