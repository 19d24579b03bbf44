"""Weighted reciprocal rank fusion (Cormack, Clarke and Büttcher, SIGIR 2009): ranks are comparable between legs,
scores are not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

DAMPING = 2
"""The paper's k: how slowly a vote fades with rank. Its 60 was chosen for pools of a thousand; over our twenty-odd
candidates the first places must count more: on the golden questions 2 keeps the fused ranks above either leg's."""


@dataclass(frozen=True, slots=True)
class Vote:
    weight: float
    ids: Sequence[str]
    """Best first."""


@dataclass(frozen=True, slots=True)
class Fused:
    passage_id: str
    score: float
    legs: dict[str, int]
    """1-based rank in each leg that found it."""


def fuse(votes: Mapping[str, Vote], damping: int = DAMPING) -> list[Fused]:
    """Best first; equal scores keep the order of the heavier leg, then of appearance."""
    scores: dict[str, float] = {}
    legs: dict[str, dict[str, int]] = {}
    for leg, vote in sorted(votes.items(), key=lambda item: -item[1].weight):
        for rank, passage_id in enumerate(vote.ids, start=1):
            scores[passage_id] = scores.get(passage_id, 0.0) + vote.weight / (damping + rank)
            legs.setdefault(passage_id, {})[leg] = rank
    ranked = sorted(scores, key=lambda passage_id: -scores[passage_id])
    return [Fused(passage_id, scores[passage_id], legs[passage_id]) for passage_id in ranked]
