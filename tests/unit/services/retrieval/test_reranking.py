"""What is found, ranked anew, or as it was."""

import asyncio
from collections.abc import Sequence

from services.domain.errors import KnowledgeUnavailable
from services.domain.knowledge import Hit, Passage
from services.domain.language import Language
from services.retrieval.reranking import RANKED_ANEW, Reranking


def hits(count: int) -> list[Hit]:
    return [
        Hit(
            Passage(f"1:1:{n}", 1, 1, n, "", "x" * (n + 1), Language.ENGLISH, 0, 1, "T", "s"),
            1.0 - n / 100,
            {"keyword": n + 1},
        )
        for n in range(count)
    ]


class ByLength:
    def __init__(self, error: Exception | None = None, *, hangs: bool = False) -> None:
        self.read: Sequence[str] = ()
        self._error, self._hangs = error, hangs

    async def scores(self, query: str, texts: Sequence[str]) -> Sequence[float]:
        self.read = texts
        if self._hangs:
            await asyncio.Event().wait()
        if self._error:
            raise self._error
        return [float(len(text)) for text in texts]


async def test_the_best_are_ranked_by_the_model_and_the_rest_stays() -> None:
    model = ByLength()
    found, trouble = await Reranking(model)("q", hits(RANKED_ANEW + 2))
    assert [one.passage.position for one in found] == [*reversed(range(RANKED_ANEW)), RANKED_ANEW, RANKED_ANEW + 1]
    assert (found[0].legs, trouble) == ({"keyword": RANKED_ANEW, "rerank": 1}, None)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len(model.read) == RANKED_ANEW


async def test_a_model_that_fails_or_hangs_changes_nothing() -> None:
    for model, told in (
        (ByLength(KnowledgeUnavailable("away")), "rerank: unavailable"),
        (ByLength(hangs=True), "rerank: slow"),
    ):
        found, trouble = await Reranking(model, patience_seconds=0.05)("q", hits(3))
        assert ([one.passage.position for one in found], trouble) == ([0, 1, 2], told)


async def test_without_a_model_or_a_choice_nothing_is_asked() -> None:
    model = ByLength()
    assert (await Reranking(None)("q", hits(3)))[1] is None
    assert len((await Reranking(model)("q", hits(1)))[0]) == 1
    assert model.read == ()
