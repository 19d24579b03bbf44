"""`muza backup`: all that Muza keeps, in one file."""

import asyncio
import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import typer
from rich.console import Console

from bot import __version__
from bot.commands.stage_bar import StageBar
from bot.settings import Settings
from services.archive.back_up import BackUp, BackupReport
from services.archive.layout import ArchiveRefused
from services.domain.archive import OnStage
from services.domain.errors import FilesUnavailable
from services.files.obstore_files import ObstoreFiles
from services.store.schema import upgrade_schema
from services.store.sql_installation import SqlInstallation

STAGES = {"rows": "Rows of the database", "files": "Files"}


async def backup(settings: Settings, target: Path, *, overwrite: bool, as_json: bool) -> int:
    """Exit code: 0; 1 when it cannot be made. Muza may be running. Raises StoreUnavailable."""
    try:
        with StageBar(Console(stderr=True), STAGES) as bar:
            report = await back_up(settings, target, bar, overwrite=overwrite)
    except (ArchiveRefused, FilesUnavailable, OSError) as error:
        typer.echo(f"No backup was made. {reason_of(error)}", err=True)
        return 1
    typer.echo(json.dumps(asdict(report), ensure_ascii=False) if as_json else in_words(report))
    return 0


async def back_up(settings: Settings, target: Path, on_stage: OnStage, *, overwrite: bool) -> BackupReport:
    await upgrade_schema(settings.sql_url)
    files = await asyncio.to_thread(ObstoreFiles, settings.files_address)
    make = BackUp(SqlInstallation(settings.sql_url), files, now, __version__)
    return await make(target, on_stage, overwrite=overwrite)


def in_words(report: BackupReport) -> str:
    lines = [
        f"{report.path}: {megabytes(report.size_bytes)}",
        f"{report.rows} rows, among them {report.documents} documents with {report.passages} passages "
        f"and {report.vectors} vectors; {report.files} files.",
    ]
    if report.missing_files:
        lines.append(f"{len(report.missing_files)} files were gone from the file store already.")
    lines.append(
        "It holds everything that people wrote here: keep it where only you can read it. Settings are not in it."
    )
    return "\n".join(lines)


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


def reason_of(error: Exception) -> str:
    if isinstance(error, FilesUnavailable):
        return "The file store (FILES_URL) does not answer."
    if isinstance(error, OSError):
        return f"{error.filename or 'The file'}: {error.strerror or type(error).__name__}."
    return str(error)


def now() -> datetime:
    return datetime.now(UTC)
