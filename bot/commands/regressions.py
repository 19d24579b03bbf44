"""What fell below an earlier evaluation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.retrieval.evaluation import LEGS

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Regression:
    where: str
    """Leg and measure: "fused recall@1", "ru fused mrr"."""
    before: float
    now: float

    def __str__(self) -> str:
        return f"{self.where}: {self.now:.4f}, was {self.before:.4f}"


def regressions(before: Mapping[str, Any], now: Mapping[str, Any], tolerance: float) -> list[Regression]:
    """Of every leg, over all questions and per language. Slices are too small to judge by; latency is the machine's. A
    figure that the baseline has and the new result has not is a regression, too: the leg is gone."""
    found = dict(_figures(now))
    return [
        Regression(where, value, found.get(where, 0.0))
        for where, value in _figures(before)
        if found.get(where, 0.0) < value - tolerance - _ROUNDING
    ]


def _figures(summary: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    by_language = summary.get("by_lang") or {}
    for prefix, legs in (("", summary), *((f"{language} ", legs) for language, legs in by_language.items())):
        for leg in LEGS:
            for name, value in (legs.get(leg) or {}).items():
                yield f"{prefix}{leg} {name}", float(value)
