"""`muza kb rebuild` and `muza kb rules`."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

import typer
from rich.console import Console

from bot.commands.ingest_bar import IngestBar
from bot.commands.search import find_project, refuse
from bot.container import Container
from bot.job_lease import JobLease
from bot.model_kinds import EmbeddingKind
from services.domain.chunk_rules import EVERY_TYPE, USUAL, ChunkRules
from services.domain.errors import InputError, KnowledgeUnavailable
from services.domain.project import Project
from services.store.job_fence import JobOvertaken

_MODEL_PATIENCE_SECONDS = 120.0
BUSY_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class RuleChange:
    type: str = EVERY_TYPE
    target: int | None = None
    limit: int | None = None
    overlap: int | None = None
    reset: bool = False

    @property
    def is_empty(self) -> bool:
        """Somebody only looks."""
        return not self.reset and self.target is self.limit is self.overlap is None

    def over(self, known: ChunkRules) -> ChunkRules | None:
        """Raises ValueError."""
        if self.reset:
            return None
        target = self.target or known.target_tokens
        overlap = known.overlap_percent if self.overlap is None else self.overlap
        return ChunkRules(target, self.limit or max(known.limit_tokens, target), overlap)


async def rebuild_indexes(container: Container, project: str | None, *, by_model: bool, as_json: bool) -> int:
    """Exit code: 0; 1 when vectors have to wait, 2 when the project is not known."""
    try:
        projects = await _projects(container, project)
    except InputError as error:
        return refuse(error, 2)
    await container.services.retrieval.warm_up(_MODEL_PATIENCE_SECONDS)
    done: list[dict[str, Any]] = []
    with IngestBar(Console(stderr=True)) as bar:
        for one in projects:
            done.append(await _rebuild(container, one, bar, by_model=by_model))
    if as_json:
        typer.echo(json.dumps({"projects": done}, ensure_ascii=False))
    else:
        for report in done:
            typer.echo(f"{report['project']}: {report['passages']} passages, {report['vectors']} vectors")
            if report["without_vectors"]:
                typer.echo(f"  keyword search only: {report['without_vectors']}")
    return 1 if any(report["without_vectors"] for report in done) else 0


async def cutting_rules(container: Container, project: str | None, change: RuleChange, *, as_json: bool) -> int:
    """Exit code: 0; 1 when vectors have to wait, 2 when the project or a rule makes no sense."""
    recut = 0
    try:
        where = await find_project(container.store, project)
        if not change.is_empty:
            async with container.store.transaction() as tx:
                known = await tx.chunk_rules.of(where.id)
                now = known.get(change.type) or known.get(EVERY_TYPE) or USUAL
                await tx.chunk_rules.put(where.id, change.type, change.over(now))
            recut = await _recut(container, where)
    except ValueError as error:
        return refuse(InputError(f"{error}."), 2)
    except InputError as error:
        return refuse(error, 2)
    except KnowledgeUnavailable as error:
        return refuse(error, 1)
    async with container.store.reading() as tx:
        rules = {EVERY_TYPE: USUAL, **await tx.chunk_rules.of(where.id)}
    if as_json:
        body = {"project": where.slug, "rules": {name: asdict(one) for name, one in rules.items()}, "recut": recut}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return 0
    for name, one in sorted(rules.items()):
        typer.echo(
            f"{name or 'all types'}: pieces of {one.target_tokens} tokens, whole up to {one.limit_tokens}, "
            f"{one.overlap_percent} % repeated"
        )
    if not change.is_empty:
        typer.echo(f"Cut anew: {recut} documents.")
    return 0


async def _rebuild(container: Container, project: Project, bar: IngestBar, *, by_model: bool) -> dict[str, Any]:
    async with container.store.transaction() as tx:
        passages = await tx.documents.journal_anew(project.id)
    report: dict[str, Any] = {"project": project.slug, "passages": passages, "vectors": 0, "without_vectors": None}
    ingestion, retrieval = container.services.ingestion, container.services.retrieval
    anew = ingestion.reindex if by_model else ingestion.rebuild
    if container.settings.embedding_kind is EmbeddingKind.NONE:
        return report
    if retrieval.embedding_state != "ready":
        report["without_vectors"] = retrieval.embedding_facts.get("reason") or "no embedding model is configured"
        return report
    try:
        report["vectors"] = await _alone(container, project, partial(anew, project.id, bar.embedding))
    except (KnowledgeUnavailable, JobOvertaken) as error:
        report["without_vectors"] = str(error)
    return report


async def _recut(container: Container, project: Project) -> int:
    await container.services.retrieval.warm_up(_MODEL_PATIENCE_SECONDS)
    return await _alone(container, project, partial(container.services.ingestion.recut, project.id))


async def _alone(container: Container, project: Project, work: Callable[[], Awaitable[int]]) -> int:
    """When the worker that is at the vectors of this project has finished."""
    leases = JobLease(container.store)
    while True:
        if (done := await leases.run(f"embed:{project.id}", work)) is not None:
            return done
        await asyncio.sleep(BUSY_SECONDS)


async def _projects(container: Container, slug: str | None) -> list[Project]:
    if slug is not None:
        return [await find_project(container.store, slug)]
    async with container.store.reading() as tx:
        return list(await tx.projects.list())
