"""A cross-encoder behind /v1/rerank, as those who rank by it see it."""

from collections.abc import Iterator, Sequence

import pytest

from bot.models.loaded_reranker import LoadedReranker
from bot.models.served import Served
from bot.models.server import create_app
from services.domain.errors import KnowledgeUnavailable
from services.retrieval.http_reranker import HttpReranker
from tests.fakes.embedding_servers import get_json, serving, wait_until


class LongestFirst:
    """Ranks by length; the question "break" breaks it."""

    name = "longest"

    def __init__(self, error: Exception | None = None) -> None:
        self._error = error

    def load(self) -> None:
        if self._error:
            raise self._error

    def scores(self, query: str, texts: Sequence[str]) -> list[float]:
        return [float("nan") if query == "break" else float(len(text)) for text in texts]


@pytest.fixture
def address() -> Iterator[str]:
    loaded = LoadedReranker(LongestFirst())
    with serving(create_app(Served(reranker=loaded))) as url:
        wait_until(lambda: loaded.status == "ready")
        yield url


async def asked(url: str, query: str, *texts: str, model: str = "longest") -> Sequence[float]:
    reranker = HttpReranker(url, model)
    try:
        return await reranker.scores(query, texts)
    finally:
        await reranker.aclose()


async def test_scores_come_in_the_order_of_the_texts(address: str) -> None:
    assert await asked(address, "tea", "aa", "aaaa", "a") == [2.0, 4.0, 1.0]
    (card,) = get_json(f"{address}/v1/models")[1]["data"]
    assert (card["id"], card["task"], card["status"]) == ("longest", "rerank", "ready")


@pytest.mark.parametrize(("query", "model"), [("break", "longest"), ("tea", "another")])
async def test_what_is_no_answer_is_no_ranking(address: str, query: str, model: str) -> None:
    with pytest.raises(KnowledgeUnavailable):
        await asked(address, query, "a", "b", model=model)


async def test_a_model_that_cannot_be_had_is_said_so(address: str) -> None:
    loaded = LoadedReranker(LongestFirst(KnowledgeUnavailable("not here")))
    with serving(create_app(Served(reranker=loaded))) as url:
        wait_until(lambda: loaded.status == "failed")
        with pytest.raises(KnowledgeUnavailable):
            await asked(url, "tea", "a")
        status, told = get_json(f"{url}/healthz")
        assert (status, told["models"][0]["reason"]) == (503, "not here")
    with pytest.raises(KnowledgeUnavailable):
        await asked(url, "tea", "a")  # nobody listens there any more
