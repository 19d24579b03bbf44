"""`muza ingest`: documents into the knowledge base, with a progress bar."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from bot.commands.search import find_project, refuse
from bot.container import Container
from services.domain.errors import InputError, KnowledgeUnavailable
from services.domain.project import Project
from services.retrieval.brand_folder import PROJECT_FILE, brand_folders, read_brand_folder
from services.retrieval.ingestion import FolderOutcome, Ingestion, OnProgress, find_files
from services.retrieval.service import RetrievalService
from services.store.ports import Store

_MODEL_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class IngestReport:
    project: str
    path: str
    documents: int = 0
    changed: int = 0
    passages: int = 0
    removed: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    vectors: int = 0
    without_vectors: str | None = None
    """Why the dense leg does not know these documents yet; the next run makes up for it."""


async def ingest(container: Container, paths: Sequence[Path], project: str | None, as_json: bool) -> int:
    """Exit code: 0; 1 when a file could not be read; 2 when a path or the project is not clear."""
    services = container.services
    with ProgressBar(Console(stderr=True)) as bar:
        try:
            reports = await ingest_paths(
                container.store, services.retrieval, services.ingestion, paths, project=project, on_progress=bar
            )
        except InputError as error:
            return refuse(error, 2)
        except KnowledgeUnavailable as error:
            return refuse(error, 1)
    show(reports, Console(), as_json_text=as_json)
    return 1 if any(report.unreadable for report in reports) else 0


async def ingest_paths(
    store: Store,
    retrieval: RetrievalService,
    ingestion: Ingestion,
    paths: Sequence[Path],
    *,
    project: str | None = None,
    force: bool = False,
    on_progress: OnProgress | None = None,
) -> list[IngestReport]:
    """A folder with project.yaml is a brand: its project is made or brought up to date, and documents whose files are
    gone leave it. A folder of brands is each of them. Other folders and files go into `project`.

    Raises InputError for a path or a project that does not exist.
    """
    await retrieval.warm_up(_MODEL_PATIENCE_SECONDS)
    reports: list[IngestReport] = []
    for path in _brands_inside(paths):
        reports.append(await _ingest_path(store, ingestion, path, project, force, on_progress))
        await _embed(store, ingestion, retrieval, reports[-1], on_progress)
    return reports


def show(reports: Sequence[IngestReport], console: Console, *, as_json_text: bool) -> None:
    if as_json_text:
        body: dict[str, Any] = {"reports": [asdict(report) for report in reports]}
        console.file.write(json.dumps(body, ensure_ascii=False) + "\n")
        return
    for report in reports:
        console.print(
            f"{report.project}: {report.documents} documents, {report.changed} new or changed, "
            f"{report.passages} passages, {report.vectors} vectors ({report.path})",
            markup=False,
        )
        for source in report.removed:
            console.print(f"  removed: {source}", markup=False)
        for file, why in report.unreadable:
            console.print(f"  not read: {file}: {why}", markup=False)
        if report.without_vectors:
            console.print(f"  keyword search only: {report.without_vectors}", markup=False)


class ProgressBar:
    """Use as `on_progress`, inside `with`."""

    def __init__(self, console: Console) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> "ProgressBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def __call__(self, done: int, total: int, what: str) -> None:
        self._progress.update(self._task, completed=done, total=total, description=what)


def _brands_inside(paths: Sequence[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"There is no {path}.")
        found += [path] if path.is_file() or _is_brand(path) else brand_folders(path) or [path]
    return found


def _is_brand(path: Path) -> bool:
    return (path / PROJECT_FILE).is_file()


async def _ingest_path(
    store: Store, ingestion: Ingestion, path: Path, project: str | None, force: bool, on_progress: OnProgress | None
) -> IngestReport:
    is_brand = project is None and _is_brand(path)
    where = await _brand_project(store, path) if is_brand else await find_project(store, project)
    files = await asyncio.to_thread(find_files, path, ingestion.suffixes)
    root = path.parent if files == [path] else path
    outcome = await ingestion.ingest_files(where.id, root, files, on_progress, remove_vanished=is_brand, force=force)
    return _report(where, path, outcome)


async def _brand_project(store: Store, path: Path) -> Project:
    brand = await asyncio.to_thread(read_brand_folder, path)
    async with store.transaction() as tx:
        return await tx.projects.ensure(brand.slug, brand.name, brand.profile)


async def _embed(
    store: Store,
    ingestion: Ingestion,
    retrieval: RetrievalService,
    report: IngestReport,
    on_progress: OnProgress | None,
) -> None:
    """Documents that are in SQL are searchable by words; a model that is down delays their vectors, nothing else."""
    project = await find_project(store, report.project)
    if retrieval.embedding_state != "ready":
        report.without_vectors = retrieval.embedding_facts.get("reason") or "no embedding model is configured"
        return
    try:
        report.vectors = await ingestion.embed_pending(project.id, on_progress)
    except KnowledgeUnavailable as error:
        report.without_vectors = str(error)


def _report(project: Project, path: Path, outcome: FolderOutcome) -> IngestReport:
    return IngestReport(
        project=project.slug,
        path=str(path),
        documents=len(outcome.documents),
        changed=sum(one.changed for one in outcome.documents),
        passages=sum(one.passages for one in outcome.documents),
        removed=list(outcome.removed),
        unreadable=list(outcome.unreadable),
    )
