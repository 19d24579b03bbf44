"""Everything into one file, while Muza goes on working."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.archive.archive_writer import ArchiveWriter
from services.archive.bench import bench
from services.archive.layout import (
    FILES,
    HEADER,
    MANIFEST,
    ArchiveRefused,
    Manifest,
    header_text,
    manifest_text,
    part_name,
)
from services.archive.ports import Files, Installation, Snapshot
from services.domain.archive import OnStage, TableShape

PART_BYTES = 8 * 1024 * 1024
"""Of a table: what is held in memory."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    path: str
    size_bytes: int
    created_at: str
    revision: str
    rows: int
    documents: int
    passages: int
    vectors: int
    files: int
    missing_files: tuple[str, ...]
    """Named by the database, and gone from the file store: the product deletes old recordings, for one."""


class BackUp:
    """`version`: of this release."""

    def __init__(self, installation: Installation, files: Files, now: Callable[[], datetime], version: str) -> None:
        self._installation = installation
        self._files = files
        self._now = now
        self._version = version

    async def __call__(self, target: Path, on_stage: OnStage, *, overwrite: bool = False) -> BackupReport:
        """Raises ArchiveRefused when there is a file already, StoreUnavailable, FilesUnavailable, OSError."""
        if not overwrite and await asyncio.to_thread(target.exists):
            raise ArchiveRefused(f"{target} is there already: take another name, or --force.")
        created_at = self._now().isoformat()
        opened = ArchiveWriter.open(target)
        writer = await asyncio.to_thread(opened.__enter__)
        try:
            beside = target.with_name(f"{target.name}.part.files")
            manifest = await self._write(writer, created_at, beside, on_stage)
        except BaseException as error:
            opened.__exit__(type(error), error, error.__traceback__)
            raise
        await asyncio.to_thread(opened.__exit__, None, None, None)
        return _report(target, manifest, (await asyncio.to_thread(target.stat)).st_size)

    async def _write(self, writer: ArchiveWriter, created_at: str, beside: Path, on_stage: OnStage) -> Manifest:
        await asyncio.to_thread(writer.add, HEADER, header_text(created_at, self._version))
        async with self._installation.snapshot() as snapshot:
            revision, tables = snapshot.revision, tuple(snapshot.tables)
            rows = await _write_tables(writer, snapshot, on_stage)
            keys, last_ids = await snapshot.file_keys(), await snapshot.last_ids()
        missing = []
        async with bench(beside) as file:
            for number, key in enumerate(keys):
                on_stage("files", number, len(keys))
                if not await self._write_file(writer, key, file):
                    missing.append(key)
        on_stage("files", len(keys), len(keys))
        manifest = Manifest(
            created_at=created_at,
            version=self._version,
            revision=revision,
            tables=tables,
            rows=rows,
            last_ids=last_ids,
            members=tuple(writer.members),
            missing=tuple(missing),
        )
        await asyncio.to_thread(writer.add, MANIFEST, manifest_text(manifest))
        return manifest

    async def _write_file(self, writer: ArchiveWriter, key: str, path: Path) -> bool:
        try:
            await self._files.fetch(key, path)
        except LookupError:
            return False
        await asyncio.to_thread(writer.add_file, FILES + key, path)
        await asyncio.to_thread(path.unlink)
        return True


async def _write_tables(writer: ArchiveWriter, snapshot: Snapshot, on_stage: OnStage) -> dict[str, int]:
    total = sum([await snapshot.count(shape) for shape in snapshot.tables])
    rows: dict[str, int] = {}
    for shape in snapshot.tables:
        rows[shape.name] = await _write_table(writer, snapshot, shape, sum(rows.values()), total, on_stage)
    return rows


async def _write_table(
    writer: ArchiveWriter, snapshot: Snapshot, shape: TableShape, before: int, total: int, on_stage: OnStage
) -> int:
    part: list[bytes] = []
    size = count = number = 0
    async for lines in snapshot.lines(shape):
        part += lines
        size += sum(map(len, lines))
        count += len(lines)
        on_stage("rows", before + count, total)
        if size >= PART_BYTES:
            number += 1
            await asyncio.to_thread(writer.add, part_name(shape.name, number), _joined(part))
            part, size = [], 0
    if part:
        await asyncio.to_thread(writer.add, part_name(shape.name, number + 1), _joined(part))
    return count


def _joined(lines: list[bytes]) -> bytes:
    return b"\n".join([*lines, b""])


def _report(target: Path, manifest: Manifest, size: int) -> BackupReport:
    return BackupReport(
        path=str(target),
        size_bytes=size,
        created_at=manifest.created_at,
        revision=manifest.revision,
        rows=sum(manifest.rows.values()),
        documents=manifest.rows.get("documents", 0),
        passages=manifest.rows.get("passages", 0),
        vectors=manifest.rows.get("kept_vectors", 0),
        files=sum(member.name.startswith(FILES) for member in manifest.members),
        missing_files=manifest.missing,
    )
