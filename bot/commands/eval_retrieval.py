"""`muza eval retrieval`: search measured on golden questions, in a throw-away project and index."""

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.commands.eval_report import picture_of, show
from bot.commands.golden import as_golden, known_questions
from bot.commands.ingest import ingest_paths
from bot.commands.ingest_bar import IngestBar
from bot.commands.open_for_command import open_for_command
from bot.commands.regressions import regressions
from bot.commands.search import refuse
from bot.container import Container
from bot.embedded.running import discover
from bot.settings import Settings
from services.domain.errors import InputError, KnowledgeUnavailable
from services.domain.project import BrandProfile
from services.retrieval.evaluation import Evaluation, evaluate
from services.retrieval.golden_set import GoldenQuestion, read_golden_set

_PROJECT = "evaluation"
_MODEL_PATIENCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Wishes:
    golden: Path | None = None
    docs: Path | None = None
    as_json: bool = False
    baseline: Path | None = None
    tolerance: float = 0.005
    """How much a share may fall below the baseline."""
    save_baseline: Path | None = None
    plot: Path | None = None
    from_chat: bool = False
    """The questions kept in the chat, asked of the installation itself; else `golden` and `docs` are given."""
    project: str | None = None


async def eval_retrieval(settings: Settings, wishes: Wishes) -> int:
    """Exit code: 0; 1 on a regression, or when no leg answers; 2 for input that cannot be understood."""
    try:
        before = _read_baseline(wishes.baseline) if wishes.baseline else None
        evaluation = await (_asked_as_it_is(settings, wishes) if wishes.from_chat else _thrown_away(settings, wishes))
    except InputError as error:
        return refuse(error, 2)
    except KnowledgeUnavailable as error:
        return refuse(error, 1)
    return _conclude(evaluation, wishes, before)


async def _thrown_away(settings: Settings, wishes: Wishes) -> Evaluation:
    if wishes.golden is None or wishes.docs is None:
        raise InputError("a file of questions and a folder of documents are needed")
    questions = read_golden_set(wishes.golden)
    async with _throw_away(settings) as container:
        return await _measure(container, wishes.docs, questions)


async def _asked_as_it_is(settings: Settings, wishes: Wishes) -> Evaluation:
    async with open_for_command(settings) as container:
        where, questions = await known_questions(container.store, wishes.project)
        retrieval = container.services.retrieval
        await retrieval.warm_up(_MODEL_PATIENCE_SECONDS)
        with IngestBar(Console(stderr=True)) as bar:
            return await evaluate(retrieval, where.id, [as_golden(one) for one in questions], bar.asking)


def _conclude(evaluation: Evaluation, wishes: Wishes, before: dict[str, Any] | None) -> int:
    summary = evaluation.summary()
    fallen = regressions(before, summary, wishes.tolerance) if before is not None else []
    if before is not None:
        summary["baseline"] = {"tolerance": wishes.tolerance, "regressions": [str(one) for one in fallen]}
    if wishes.save_baseline:
        wishes.save_baseline.write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if wishes.plot:
        wishes.plot.write_bytes(picture_of(summary))
    show(summary, evaluation.misses(), Console(), as_json_text=wishes.as_json)
    return 1 if fallen else 0


@asynccontextmanager
async def _throw_away(settings: Settings) -> AsyncIterator[Container]:
    """Database, indexes and vectors in a folder that is deleted afterwards. Of what runs already only the models are
    used: they keep nothing."""
    running = await discover(settings)
    with tempfile.TemporaryDirectory(prefix="muza-eval-") as folder:
        own = {"data_dir": Path(folder), "models_url": running.models_url}
        own |= dict.fromkeys(("database_url", "redis_url", "chroma_url", "files_url"), None)
        async with open_for_command(settings.model_copy(update=own)) as container:
            yield container


async def _measure(container: Container, docs: Path, questions: list[GoldenQuestion]) -> Evaluation:
    services = container.services
    async with container.store.transaction() as tx:
        project = await tx.projects.ensure(_PROJECT, "Evaluation", BrandProfile())
    with IngestBar(Console(stderr=True)) as bar:
        reports = await ingest_paths(
            container.store, services.retrieval, services.ingestion, [docs], project=project.slug, bar=bar
        )
        if not any(report.passages for report in reports):
            raise InputError(f"{docs} has no documents that can be read")
        return await evaluate(services.retrieval, project.id, questions, bar.asking)


def _read_baseline(file: Path) -> dict[str, Any]:
    """Raises InputError."""
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{file} is no baseline: {type(error).__name__}") from error
    if not isinstance(read, dict) or not isinstance(read.get("fused"), dict):
        raise InputError(f'{file} is no baseline: "fused" is missing. Write one with --save-baseline')
    return read
