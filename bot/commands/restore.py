"""`muza restore`: a backup in place of what is here, and its vectors into the vector store."""

import asyncio
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer
from loguru import logger
from rich.console import Console

from bot import startup_problems
from bot.commands.backup import now, reason_of
from bot.commands.open_for_command import open_for_command
from bot.commands.stage_bar import StageBar
from bot.model_kinds import EmbeddingKind
from bot.settings import Settings
from bot.supervisor.heartbeat import fresh_processes
from bot.supervisor.run import AlreadyRunning, take_data_dir
from services.archive.layout import ArchiveRefused
from services.archive.restore_backup import RestoreBackup, RestoreReport
from services.domain.archive import OnStage
from services.domain.errors import FilesUnavailable, KnowledgeUnavailable, StoreUnavailable
from services.files.obstore_files import ObstoreFiles
from services.store.sql_installation import SqlInstallation

STAGES = {
    "check": "Checking the archive",
    "rows": "Rows of the database",
    "files": "Files",
    "vectors": "Vectors into the search",
}
HALF = (
    "The database is restored, its files are not all there yet. Run the same command again: it goes on without --force."
)
_MODEL_PATIENCE_SECONDS = 120.0


async def restore(settings: Settings, archive: Path, *, force: bool, resume: bool, as_json: bool) -> int:
    """Exit code: 0; 1 when it cannot be restored, or only in part, which is said. Raises StoreUnavailable while
    nothing has changed."""
    try:
        await asyncio.to_thread(settings.data_dir.mkdir, mode=0o700, parents=True, exist_ok=True)
        lock = await asyncio.to_thread(take_data_dir, settings, 0.0)
    except AlreadyRunning as error:
        return told(startup_problems.ALREADY_RUNNING.format(folder=settings.data_dir.absolute(), pid=error.pid))
    except OSError as error:
        return told(f"Nothing was restored. {reason_of(error)}")
    try:
        if running := await asyncio.to_thread(fresh_processes, settings):
            return told(f"Muza is at work here ({', '.join(running)}): stop it first.")
        with StageBar(Console(stderr=True), STAGES) as bar:
            report = await _put_back(settings, archive, bar, force=force, resume=resume)
            if report is None:
                return 1
            vectors = await _search_again(settings, bar)
    finally:
        lock.release()
    body = {**asdict(report), **vectors}
    typer.echo(json.dumps(body, ensure_ascii=False) if as_json else in_words(report, vectors))
    return 0


async def _put_back(
    settings: Settings, archive: Path, bar: OnStage, *, force: bool, resume: bool
) -> RestoreReport | None:
    installation = SqlInstallation(settings.sql_url)
    try:
        files = await asyncio.to_thread(ObstoreFiles, settings.files_address)
        put_back = RestoreBackup(installation, files, now, settings.data_dir.absolute() / "restoring")
        return await put_back(archive, bar, force=force, resume=resume)
    except (ArchiveRefused, FilesUnavailable, OSError, StoreUnavailable) as error:
        half = not isinstance(error, StoreUnavailable) and await installation.unfinished() is not None
        if isinstance(error, StoreUnavailable):
            raise
        told(f"{HALF if half else 'Nothing was changed.'} {reason_of(error)}")
        return None


async def _search_again(settings: Settings, on_stage: OnStage) -> dict[str, Any]:
    """What fails here is made good by the worker as soon as Muza runs."""
    if settings.embedding_kind is EmbeddingKind.NONE:
        return {"vectors_written": 0, "without_vectors": "no embedding model is configured"}
    written = 0
    async with open_for_command(settings) as container:
        services = container.services
        await services.retrieval.warm_up(_MODEL_PATIENCE_SECONDS)
        async with container.store.reading() as tx:
            projects = await tx.projects.list()
        if services.retrieval.embedding_state != "ready":
            why = services.retrieval.embedding_facts.get("reason") or "no embedding model is configured"
            return {"vectors_written": 0, "without_vectors": why}
        for project in projects:
            try:
                written += await services.ingestion.embed_pending(
                    project.id, lambda done, total, _: on_stage("vectors", done, total)
                )
            except KnowledgeUnavailable as error:
                logger.warning("vectors wait: {}", error)
                return {"vectors_written": written, "without_vectors": str(error)}
    return {"vectors_written": written, "without_vectors": None}


def in_words(report: RestoreReport, vectors: dict[str, Any]) -> str:
    waits = {name: count for name, count in asdict(report.quieted).items() if count}
    lines = [
        f"Restored: {report.rows} rows of {report.created_at}, among them {report.documents} documents with "
        f"{report.passages} passages; {report.files} files; {vectors['vectors_written']} vectors in the search."
    ]
    if vectors["without_vectors"]:
        lines.append(f"Keyword search only, until Muza runs with its model: {vectors['without_vectors']}")
    if waits:
        told_of = ", ".join(f"{name} {count}" for name, count in waits.items())
        lines.append(f"Was under way at the time, and does not go on by itself: {told_of}.")
    if report.quieted.deliveries:
        lines.append("Administrators are told of the messages that were not sent, and send or forget them.")
    return "\n".join(lines)


def told(sentence: str) -> int:
    typer.echo(sentence, err=True)
    return 1
