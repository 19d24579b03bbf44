"""A backup in place of what is there: first all of it is checked, then the database is changed in one piece, then the
files come."""

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from services.archive.archive_reader import ArchiveMembers, verify
from services.archive.bench import bench
from services.archive.layout import FILES, ArchiveRefused, Manifest, Member, manifest_text, table_of
from services.archive.ports import Files, Installation, Replacement
from services.domain.archive import OnStage, Quieted

FOLDERS = ("recordings/", "documents/")
"""Of the file store: what lies there and belongs to no row would lie there for ever."""


class NotEmpty(ArchiveRefused):
    """Somebody works here already."""


@dataclass(frozen=True, slots=True)
class RestoreReport:
    path: str
    created_at: str
    version: str
    revision: str
    rows: int
    documents: int
    passages: int
    vectors: int
    files: int
    missing_files: tuple[str, ...]
    quieted: Quieted


class RestoreBackup:
    """`folder`: where one file at a time may lie on its way."""

    def __init__(self, installation: Installation, files: Files, now: Callable[[], datetime], folder: Path) -> None:
        self._folder = folder
        self._installation = installation
        self._files = files
        self._now = now

    async def __call__(
        self, path: Path, on_stage: OnStage, *, force: bool = False, resume: bool = False
    ) -> RestoreReport:
        """`force`: what is there is lost. `resume`: what was under way goes on as if nothing had happened.

        Until the last row is written everything is as it was; from then on `Installation.unfinished` names the backup
        until its last file is there, and the same restore can be begun anew.

        Raises ArchiveRefused, NotEmpty, StoreUnavailable, FilesUnavailable, OSError.
        """
        size = (await asyncio.to_thread(path.stat)).st_size
        manifest = await asyncio.to_thread(verify, path, lambda done: on_stage("check", done, size))
        backup = hashlib.sha256(manifest_text(manifest)).hexdigest()
        if not self._installation.knows(manifest.revision):
            raise ArchiveRefused(f"It was made by a newer release of Muza ({manifest.version}): update first.")
        if not force and await self._installation.unfinished() != backup and (rows := await self._installation.rows()):
            raise NotEmpty(f"This installation is in use ({rows} rows): --force replaces all of it.")
        members = ArchiveMembers(path, manifest)
        try:
            async with self._installation.replacement(manifest.revision, self._now()) as database:
                following = await _write_rows(members, manifest, database, on_stage)
                quieted = await database.finish(manifest.last_ids, backup, resume=resume)
            await self._write_files(members, following, manifest, on_stage)
        finally:
            await asyncio.to_thread(members.close)
        await self._delete_others(manifest)
        await self._installation.files_are_there()
        return _report(path, manifest, quieted)

    async def _write_files(
        self, members: ArchiveMembers, member: Member | None, manifest: Manifest, on_stage: OnStage
    ) -> None:
        total, done = sum(one.name.startswith(FILES) for one in manifest.members), 0
        async with bench(self._folder) as file:
            while member is not None:
                on_stage("files", done, total)
                await asyncio.to_thread(members.save, file)
                await self._files.put(member.name.removeprefix(FILES), file)
                done += 1
                member = await asyncio.to_thread(members.next)
        on_stage("files", total, total)

    async def _delete_others(self, manifest: Manifest) -> None:
        kept = {one.name.removeprefix(FILES) for one in manifest.members if one.name.startswith(FILES)}
        folders_kept = {_folder(key) for key in kept}
        for top in FOLDERS:
            for folder in sorted({_folder(key) for key in await self._files.keys(top)} - folders_kept):
                await self._files.delete(folder)


async def _write_rows(
    members: ArchiveMembers, manifest: Manifest, database: Replacement, on_stage: OnStage
) -> Member | None:
    """The first member that is no table."""
    done, total = 0, sum(manifest.rows.values())
    while (member := await asyncio.to_thread(members.next)) is not None:
        table = table_of(member.name)
        if table is None and member.name.startswith(FILES):
            return member
        if table is None:
            continue
        lines = (await asyncio.to_thread(members.read)).splitlines()
        try:
            done += await database.write(manifest.shape(table), lines)
        except (ValueError, TypeError, AttributeError) as error:
            raise ArchiveRefused(f"It is damaged: {member.name} does not hold rows of its table.") from error
        on_stage("rows", done, total)
    return None


def _folder(key: str) -> str:
    """recordings/17/source.ogg: recordings/17."""
    return "/".join(key.split("/")[:2])


def _report(path: Path, manifest: Manifest, quieted: Quieted) -> RestoreReport:
    return RestoreReport(
        path=str(path),
        created_at=manifest.created_at,
        version=manifest.version,
        revision=manifest.revision,
        rows=sum(manifest.rows.values()),
        documents=manifest.rows.get("documents", 0),
        passages=manifest.rows.get("passages", 0),
        vectors=manifest.rows.get("kept_vectors", 0),
        files=sum(member.name.startswith(FILES) for member in manifest.members),
        missing_files=manifest.missing,
        quieted=quieted,
    )
