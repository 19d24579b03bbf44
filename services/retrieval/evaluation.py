"""The search measured on golden questions: each leg alone and both fused."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import fmean, quantiles
from typing import Any

from services.domain.knowledge import SearchMode
from services.retrieval.golden_set import GoldenQuestion
from services.retrieval.ranking_metrics import DEPTH, mean_of, measure
from services.retrieval.service import RetrievalService

LEGS = {"fused": SearchMode.HYBRID, "keyword": SearchMode.KEYWORD, "dense": SearchMode.DENSE}
"""Fused first: its latency holds the embedding of the question; the dense leg alone then finds it remembered, where the
embedder remembers."""
NOTHING_FOUND = "nothing_found"
"""Share of unanswerable questions that rightly got no passage."""
OnProgress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one question with one leg."""

    question: GoldenQuestion
    measures: dict[str, float]
    """Empty for an unanswerable question."""
    is_empty: bool
    seconds: float


@dataclass(slots=True)
class Evaluation:
    outcomes: dict[str, list[Outcome]] = field(default_factory=lambda: defaultdict(list))
    """By leg."""
    degraded: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    """Why a leg did not vote in the fused search → for how many questions."""

    def summary(self) -> dict[str, Any]:
        """JSON-ready; shares from 0 to 1, milliseconds; a leg that could not be asked is None."""
        legs = {leg: _figures(self.outcomes[leg]) if leg in self.outcomes else None for leg in LEGS}
        return {
            "questions": len(self.outcomes["fused"]),
            **legs,
            "by_lang": self._by(lambda outcome: str(outcome.question.language)),
            "by_slice": self._by(lambda outcome: outcome.question.slice),
            "latency_ms": {leg: _latency(outcomes) for leg, outcomes in self.outcomes.items()},
            "degraded": dict(self.degraded),
        }

    def misses(self) -> list[GoldenQuestion]:
        """Answerable questions whose fused search did not show an answer first."""
        return [one.question for one in self.outcomes["fused"] if one.measures and one.measures["mrr"] < 1]

    def _by(self, key: Callable[[Outcome], str]) -> dict[str, Any]:
        names = sorted({key(outcome) for outcome in self.outcomes["fused"]})
        return {
            name: {leg: _figures([one for one in found if key(one) == name]) for leg, found in self.outcomes.items()}
            for name in names
        }


async def evaluate(
    retrieval: RetrievalService,
    project_id: int,
    questions: Sequence[GoldenQuestion],
    on_progress: OnProgress | None = None,
    *,
    dense_patience_seconds: float = 30.0,
) -> Evaluation:
    """Raises KnowledgeUnavailable when no leg answers."""
    found = Evaluation()
    for done, question in enumerate(questions):
        if on_progress:
            on_progress(done, len(questions), "questions")
        for leg, mode in _legs(retrieval):
            began = time.perf_counter()
            result = await retrieval.search(
                project_id, question.text, limit=DEPTH, mode=mode, dense_patience_seconds=dense_patience_seconds
            )
            seconds = time.perf_counter() - began
            if leg == "fused" and result.degraded:
                found.degraded[result.degraded] += 1
            ranking = [question.shown_by(hit.passage) for hit in result.hits]
            measures = measure(ranking, question.wanted) if question.wanted else {}
            found.outcomes[leg].append(Outcome(question, measures, not result.hits, seconds))
    return found


def _legs(retrieval: RetrievalService) -> Iterable[tuple[str, SearchMode]]:
    has_model = retrieval.embedding_state == "ready"
    return [(leg, mode) for leg, mode in LEGS.items() if has_model or mode is not SearchMode.DENSE]


def _figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    answerable = [outcome.measures for outcome in outcomes if outcome.question.wanted]
    unanswerable = [outcome.is_empty for outcome in outcomes if not outcome.question.wanted]
    figures = {name: round(value, 4) for name, value in mean_of(answerable).items()}
    return figures | ({NOTHING_FOUND: round(fmean(unanswerable), 4)} if unanswerable else {})


def _latency(outcomes: Sequence[Outcome]) -> dict[str, float]:
    seconds = [outcome.seconds for outcome in outcomes]
    cuts = quantiles(seconds, n=100, method="inclusive") if len(seconds) > 1 else seconds * 99
    return {"p50": round(cuts[49] * 1000, 2), "p95": round(cuts[94] * 1000, 2)}
