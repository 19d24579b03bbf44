"""`python -m benchmarks.knowledge.measuring`: a process like the bot's searches the base. JSON on standard output."""

import asyncio
import json
import sys
import time
from array import array
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from benchmarks.knowledge.base import number_of, opened
from benchmarks.knowledge.questions import TOP, Prepared, Question, read
from benchmarks.knowledge.timed_source import TimedSource
from benchmarks.knowledge.vectors import KnownVectors
from bot.container import Container, build_services
from services.domain.knowledge import SearchMode
from services.retrieval.chroma_index import ChromaVectorIndex
from services.retrieval.service import RetrievalService

_LIMIT = 8
_DEPTH = 24
WARM_UP = 100
RUNS = 4
"""Each mode of search, and the legs by themselves: nobody asks the same twice."""


@dataclass(frozen=True, slots=True)
class Task:
    folder: str
    questions: str
    chroma_url: str
    chroma_pid: int
    times: int


async def measure(task: Task) -> dict[str, Any]:
    prepared, times = await asyncio.to_thread(read, Path(task.questions)), task.times
    known = prepared.vectors
    bot, server = psutil.Process(), psutil.Process(task.chroma_pid)
    memory = {"bot_before_mb": _megabytes(bot), "chroma_before_mb": _megabytes(server)}
    async with opened(Path(task.folder)) as container:
        vectors = ChromaVectorIndex(task.chroma_url)
        source = TimedSource(container.adapters.passages)
        retrieval = _retrieval(container, vectors, source, known)
        began = time.monotonic()
        await retrieval.warm_up()
        facts: dict[str, Any] = {"reopen_s": _rounded(time.monotonic() - began)}
        project_id = (await _project(container)).id
        runs = _split(prepared.questions, times)
        await _searches(retrieval, project_id, runs["warm_up"], SearchMode.HYBRID)
        source.forget()
        load = _Load(bot, server)
        for mode in SearchMode:
            facts[mode.value] = await _searches(retrieval, project_id, runs[mode.value], mode)
            facts[mode.value] |= load.since_last(times)
            if mode is SearchMode.HYBRID:
                facts["sql"] = source.figures(times)
        keyword = container.adapters.keyword
        facts["tantivy"] = await _each(runs["legs"], lambda one: keyword.search(project_id, one.text, _DEPTH))
        facts["chroma"] = await _each(
            runs["legs"], lambda one: vectors.search(project_id, KnownVectors.model, known[one.text].tolist(), _DEPTH)
        )
        facts["nearest_found"] = await _agreement(retrieval, project_id, prepared)
        memory |= {"bot_mb": _megabytes(bot), "chroma_mb": _megabytes(server)}
        await vectors.aclose()
    return facts | {"memory": memory}


def _retrieval(
    container: Container, vectors: ChromaVectorIndex, source: TimedSource, known: dict[str, "array[float]"]
) -> RetrievalService:
    adapters = replace(container.adapters, vectors=vectors, passages=source, embedder=KnownVectors(known))
    return build_services(adapters).retrieval


async def _project(container: Container) -> Any:
    async with container.store.reading() as tx:
        (project,) = await tx.projects.list()
    return project


def _split(questions: Sequence[Question], times: int) -> dict[str, Sequence[Question]]:
    names = [mode.value for mode in SearchMode] + ["legs"]
    starts = {name: WARM_UP + times * place for place, name in enumerate(names)}
    return {"warm_up": questions[:WARM_UP]} | {name: questions[at : at + times] for name, at in starts.items()}


async def _searches(
    retrieval: RetrievalService, project_id: int, questions: Sequence[Question], mode: SearchMode
) -> dict[str, float]:
    first, among, degraded = 0, 0, 0

    async def one(question: Question) -> None:
        nonlocal first, among, degraded
        result = await retrieval.search(project_id, question.text, limit=_LIMIT, mode=mode)
        found = [number_of(hit.passage.text) for hit in result.hits]
        first += found[:1] == [question.answer]
        among += question.answer in found[:5]
        degraded += result.degraded is not None

    figures = await _each(questions, one)
    return figures | {
        "degraded": _share(degraded, questions),
        "recall@1": _share(first, questions),
        "recall@5": _share(among, questions),
    }


async def _each(questions: Sequence[Question], work: Callable[[Question], Awaitable[Any]]) -> dict[str, float]:
    """Milliseconds, one after the other."""
    took: list[float] = []
    for question in questions:
        began = time.perf_counter()
        await work(question)
        took.append((time.perf_counter() - began) * 1000)
    return quantiles_of(took)


def quantiles_of(took: Sequence[float]) -> dict[str, float]:
    ordered = sorted(took)
    at = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
    return {name: _rounded(ordered[min(len(ordered) - 1, int(len(ordered) * share))]) for name, share in at.items()}


async def _agreement(retrieval: RetrievalService, project_id: int, prepared: Prepared) -> float:
    """Share of the true ten nearest that the dense leg's first ten hold."""
    held = 0
    for question, true in zip(prepared.questions, prepared.exact, strict=False):
        result = await retrieval.search(project_id, question.text, limit=TOP, mode=SearchMode.DENSE)
        held += len({number_of(hit.passage.text) for hit in result.hits} & set(true))
    return _rounded(held / (TOP * len(prepared.exact)))


class _Load:
    """Processor time, which a busy machine does not change as it does waiting times."""

    def __init__(self, bot: psutil.Process, server: psutil.Process) -> None:
        self._processes = {"bot_cpu_ms": bot, "chroma_cpu_ms": server}
        self._before = self._now()

    def since_last(self, times: int) -> dict[str, float]:
        """Milliseconds a search."""
        before, self._before = self._before, self._now()
        return {name: _rounded((self._before[name] - before[name]) * 1000 / times) for name in before}

    def _now(self) -> dict[str, float]:
        used = {name: process.cpu_times() for name, process in self._processes.items()}
        return {name: times.user + times.system for name, times in used.items()}


def _share(count: int, questions: Sequence[Question]) -> float:
    return _rounded(count / len(questions))


def _megabytes(process: psutil.Process) -> float:
    return _rounded(process.memory_info().rss / 1e6)


def _rounded(value: float) -> float:
    return round(value, 3)


def main() -> None:
    print(json.dumps(asyncio.run(measure(Task(**json.loads(sys.argv[1]))))))


if __name__ == "__main__":
    main()
