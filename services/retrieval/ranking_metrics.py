"""How good a ranking is, given what should be in it.

A question names items: documents, or texts that a passage should hold. A passage that shows an item for the first time
is a find; further passages of the same document are relevant (they count for precision), but find nothing new.
Definitions otherwise as in trec_eval (https://trec.nist.gov/trec_eval/): reciprocal rank, binary nDCG.
"""

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from statistics import fmean

RECALL_DEPTHS = (1, 3, 5, 10)
PRECISION_DEPTH = 5
NDCG_DEPTH = 10
DEPTH = 10
"""Hits that the measures look at."""
Ranking = Sequence[AbstractSet[str]]
"""For each hit, best first, which of the wanted items it shows."""


def measure(ranking: Ranking, wanted: AbstractSet[str]) -> dict[str, float]:
    """`wanted` must not be empty."""
    finds = _finds(ranking[:DEPTH], wanted)
    relevant = [not wanted.isdisjoint(shown) for shown in ranking[:DEPTH]]
    gain, ideal = _gain(finds[:NDCG_DEPTH]), _gain([1] * min(len(wanted), NDCG_DEPTH))
    return {
        **{f"recall@{depth}": sum(finds[:depth]) / len(wanted) for depth in RECALL_DEPTHS},
        f"precision@{PRECISION_DEPTH}": sum(relevant[:PRECISION_DEPTH]) / PRECISION_DEPTH,
        "mrr": next((1 / place for place, one in enumerate(relevant, start=1) if one), 0.0),
        f"ndcg@{NDCG_DEPTH}": min(gain / ideal, 1.0),  # a passage that shows two items beats the ideal of one a place
    }


def mean_of(measures: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Of the same names; empty for none."""
    return {name: fmean(one[name] for one in measures) for name in measures[0]} if measures else {}


def _finds(ranking: Ranking, wanted: AbstractSet[str]) -> list[int]:
    """New items at each place."""
    left, finds = set(wanted), []
    for shown in ranking:
        finds.append(len(left & shown))
        left -= shown
    return finds


def _gain(finds: Sequence[int]) -> float:
    return sum(found / math.log2(place + 1) for place, found in enumerate(finds, start=1))
