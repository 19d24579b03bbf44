"""An evaluation of search for people: a table, a picture, or JSON."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from services.retrieval.evaluation import LEGS, NOTHING_FOUND
from services.retrieval.golden_set import GoldenQuestion

_COLUMNS = {
    "recall@1": "R@1",
    "recall@3": "R@3",
    "recall@5": "R@5",
    "recall@10": "R@10",
    "precision@5": "P@5",
    "mrr": "MRR",
    "ndcg@10": "nDCG",
    NOTHING_FOUND: "none",
}
"""Headings, short enough for a terminal of 80 characters."""
_DRAWN = ("recall@1", "recall@5", "mrr", "ndcg@10")
_MOST_MISSES = 10


def show(summary: Mapping[str, Any], misses: Sequence[GoldenQuestion], console: Console, *, as_json_text: bool) -> None:
    if as_json_text:
        console.file.write(json.dumps(summary, ensure_ascii=False) + "\n")
        return
    table = Table("", "Leg", *_COLUMNS.values(), box=SIMPLE, padding=(0, 1, 0, 0))
    for column in table.columns[2:]:
        column.justify = "right"
    for where, leg, figures in _rows(summary):
        table.add_row(where, leg, *(f"{figures[name]:.3f}" if name in figures else "" for name in _COLUMNS))
    console.print(table, markup=False)
    console.print(
        "R: recall, P@5: precision, nDCG: of ten, none: unanswerable questions that found nothing", style="dim"
    )
    for leg, latency in summary["latency_ms"].items():
        console.print(f"{leg}: {latency['p50']:.1f} ms a question, 95 % within {latency['p95']:.1f} ms", markup=False)
    for reason, count in summary["degraded"].items():
        console.print(f"{count} questions without one leg: {reason}", markup=False)
    if misses:
        console.print(f"{len(misses)} questions without an answer in the first place, among them:", markup=False)
    for question in misses[:_MOST_MISSES]:
        console.print(f"  {question.text}", markup=False, highlight=False)
    for regression in summary.get("baseline", {}).get("regressions", ()):
        console.print(f"worse than the baseline: {regression}", markup=False)


def picture_of(summary: Mapping[str, Any]) -> bytes:
    """PNG: the legs, over all questions and per language."""
    from services.charts.matplotlib_recall import paint_bars

    wheres = {"all": summary, **summary["by_lang"]}
    groups = [f"{name}\n{where}" for where in wheres for name in _DRAWN]
    series = {
        leg: [(legs.get(leg) or {}).get(name) for legs in wheres.values() for name in _DRAWN]
        for leg in LEGS
        if summary.get(leg)
    }
    return paint_bars(f"Search on {summary['questions']} questions", groups, series)


def _rows(summary: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, float]]]:
    by_language, by_slice = summary["by_lang"], summary["by_slice"]
    slices = by_slice if len(by_slice) > 1 else {}
    for where, legs in (("all", summary), *by_language.items(), *slices.items()):
        for leg in LEGS:
            if figures := legs.get(leg):
                yield where, leg, figures
