"""Vectors as a model makes them of texts about a few hundred subjects: clustered, normalised, the same every time."""

from array import array
from collections.abc import Mapping, Sequence
from typing import Any

from services.domain.language import Language
from services.domain.usage import CallContext

DIMENSIONS = 384
CLUSTERS = 400
_SPREAD = 0.9
"""Length of what is a vector's own, beside its cluster's centre of length 1."""
_ASKED_SPREAD = 0.5
"""The same of a question, beside the passage that answers it."""


def passage_vectors(count: int, seed: int) -> Any:
    """(count, 384), float32."""
    import numpy as np

    chance = np.random.default_rng(seed)
    centres = _normalised(chance.standard_normal((CLUSTERS, DIMENSIONS), dtype=np.float32))
    own = _normalised(chance.standard_normal((count, DIMENSIONS), dtype=np.float32))
    return _normalised(centres[chance.integers(0, CLUSTERS, count)] + _SPREAD * own)


def question_vectors(passages: Any, answers: Sequence[int], seed: int) -> Any:
    """One near each of the passages that answer."""
    import numpy as np

    chance = np.random.default_rng([seed, 1])
    own = _normalised(chance.standard_normal((len(answers), DIMENSIONS), dtype=np.float32))
    return _normalised(passages[list(answers)] + _ASKED_SPREAD * own)


def nearest(passages: Any, questions: Any, count: int) -> list[list[int]]:
    """By looking at every one: what an approximate index is measured against."""
    import numpy as np

    return [np.argsort(-(passages @ question))[:count].tolist() for question in questions]


def _normalised(rows: Any) -> Any:
    import numpy as np

    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


class KnownVectors:
    """An embedding model that answers at once: it was told all questions before."""

    model = "benchmark"
    languages = frozenset(Language)
    floor = 0.2

    def __init__(self, known: Mapping[str, "array[float]"]) -> None:
        self._known = known

    async def warm_up(self) -> None:
        """Nothing to load."""

    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        return self._known[text].tolist()

    async def embed_queries(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        return [self._known[text].tolist() for text in texts]

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        raise NotImplementedError("passages bring their vectors")
