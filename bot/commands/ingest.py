"""`muza ingest`: documents into the knowledge base, with a progress bar."""

import asyncio
import os
import re
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from bot.commands.ingest_bar import IngestBar
from bot.commands.ingest_report import IngestReport, report_of, show
from bot.commands.search import find_project, refuse
from bot.container import Container
from services.domain.errors import InputError, KnowledgeUnavailable
from services.domain.project import BrandProfile, Project
from services.retrieval.brand_folder import brand_folders, read_brand_folder
from services.retrieval.folder_files import PROJECT_FILE, find_files
from services.retrieval.ingestion import Ingestion
from services.retrieval.service import RetrievalService
from services.store.ports import Store

_MODEL_PATIENCE_SECONDS = 60.0
FIRST_PROJECT = "default"
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
MOST_READERS = 4
"""Files read side by side, however many cores there are: each may take half a gigabyte."""


async def ingest(container: Container, paths: Sequence[Path], project: str | None, as_json: bool) -> int:
    """Exit code: 0; 1 when a file could not be read; 2 when a path or the project is not clear."""
    services = container.services
    with IngestBar(Console(stderr=True)) as bar:
        try:
            reports = await ingest_paths(
                container.store, services.retrieval, services.ingestion, paths, project=project, bar=bar
            )
        except InputError as error:
            return refuse(error, 2)
        except KnowledgeUnavailable as error:
            return refuse(error, 1)
    show(reports, Console(), container.settings.default_language, as_json_text=as_json)
    return 1 if any(report.refused for report in reports) else 0


async def ingest_paths(
    store: Store,
    retrieval: RetrievalService,
    ingestion: Ingestion,
    paths: Sequence[Path],
    *,
    project: str | None = None,
    force: bool = False,
    bar: IngestBar | None = None,
) -> list[IngestReport]:
    """A folder with project.yaml is a brand: its project is made or brought up to date, and documents whose files are
    gone leave it. A folder of brands is each of them. Other folders and files go into `project`, which is made if need
    be; without a name into the only one there is, or the first of all.

    Raises InputError for a path that does not exist, and where several projects leave it open which is meant.
    """
    await retrieval.warm_up(_MODEL_PATIENCE_SECONDS)
    reports: list[IngestReport] = []
    for path in await asyncio.to_thread(_brands_inside, paths):
        reports.append(await _ingest_path(store, ingestion, path, project, force, bar))
        await _embed(store, ingestion, retrieval, reports[-1], bar)
    return reports


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
    store: Store, ingestion: Ingestion, path: Path, project: str | None, force: bool, bar: IngestBar | None
) -> IngestReport:
    is_brand = project is None and await asyncio.to_thread(_is_brand, path)
    where = await _brand_project(store, path) if is_brand else await _named_project(store, project)
    files = await asyncio.to_thread(find_files, path, ingestion.suffixes)
    outcome = await ingestion.ingest_files(
        where.id,
        path.parent if files == [path] else path,
        files,
        bar.reading if bar else None,
        remove_vanished=is_brand,
        force=force,
        at_once=min(os.cpu_count() or 1, MOST_READERS),
    )
    return report_of(where.slug, str(path), outcome)


async def _named_project(store: Store, slug: str | None) -> Project:
    """Made as documents come: nobody has to write a project.yaml to try. Raises InputError."""
    async with store.reading() as tx:
        known = {project.slug for project in await tx.projects.list()}
    wanted = slug if known else slug or FIRST_PROJECT
    if wanted is None or wanted in known:
        return await find_project(store, slug)
    if not _SLUG.fullmatch(wanted):
        raise InputError(f"{wanted!r} cannot name a project: small Latin letters, digits and hyphens do.")
    async with store.transaction() as tx:
        return await tx.projects.ensure(wanted, wanted, BrandProfile())


async def _brand_project(store: Store, path: Path) -> Project:
    brand = await asyncio.to_thread(read_brand_folder, path)
    async with store.transaction() as tx:
        return await tx.projects.ensure(brand.slug, brand.name, brand.profile)


async def _embed(
    store: Store,
    ingestion: Ingestion,
    retrieval: RetrievalService,
    report: IngestReport,
    bar: IngestBar | None,
) -> None:
    """Documents that are in SQL are searchable by words; a model that is down delays their vectors, nothing else."""
    project = await find_project(store, report.project)
    if retrieval.embedding_state != "ready":
        report.without_vectors = retrieval.embedding_facts.get("reason") or "no embedding model is configured"
        return
    try:
        report.vectors = await ingestion.embed_pending(project.id, bar.embedding if bar else None)
    except KnowledgeUnavailable as error:
        report.without_vectors = str(error)
