"""The best found passages ranked anew by a model that reads question and passage together: slow, so only a few, within
patience, and never a reason to find nothing."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Protocol

from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Hit

RANKED_ANEW = 16
PATIENCE_SECONDS = 1.5
"""A small cross-encoder on two cores reads a dozen passages of this length in about a second."""
_READ_CHARACTERS = 2_000
"""More than such a model's window."""


class Reranker(Protocol):
    async def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        """One a text, in their order; higher is better, comparable within one call. Raises KnowledgeUnavailable."""
        ...


class Reranking:
    def __init__(self, reranker: Reranker | None, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """`reranker`: None leaves every order as it is."""
        self._reranker = reranker
        self._patience_seconds = patience_seconds

    async def __call__(self, query: str, hits: Sequence[Hit]) -> tuple[list[Hit], str | None]:
        """The hits with the best of them in their new order, and why they kept the old one, if the model was not of
        use. Scores fall as ever: those of the places, given out anew."""
        best, rest = list(hits[:RANKED_ANEW]), list(hits[RANKED_ANEW:])
        if self._reranker is None or len(best) < 2:
            return [*best, *rest], None
        texts = [_as_read(hit) for hit in best]
        try:
            async with asyncio.timeout(self._patience_seconds):
                scores = await self._reranker.scores(query, texts)
        except TimeoutError:
            return [*best, *rest], "rerank: slow"
        except KnowledgeUnavailable:
            return [*best, *rest], "rerank: unavailable"
        order = sorted(range(len(best)), key=lambda place: -scores[place])
        ranked = [
            replace(best[place], score=best[rank].score, legs=best[place].legs | {"rerank": rank + 1})
            for rank, place in enumerate(order)
        ]
        return [*ranked, *rest], None


def _as_read(hit: Hit) -> str:
    passage = hit.passage
    return f"{passage.title} › {passage.section}\n{passage.text}"[:_READ_CHARACTERS]
