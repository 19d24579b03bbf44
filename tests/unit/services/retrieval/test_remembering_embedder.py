"""The same words are embedded once, as long as they are remembered."""

from collections.abc import Sequence

from services.domain.usage import CallContext
from services.retrieval.remembering_embedder import RememberingEmbedder
from tests.fakes.retrieval import HashingEmbedder

CONTEXT = CallContext("search")


class Counting(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    async def embed_query(self, text: str, context: CallContext) -> Sequence[float]:
        self.asked.append(text)
        return await super().embed_query(text, context)


async def test_a_model_is_not_asked_twice_about_the_same_words() -> None:
    model = Counting()
    embedder = RememberingEmbedder(model)
    first = await embedder.embed_query("чай", CONTEXT)
    assert await embedder.embed_query("чай", CONTEXT) == first
    assert await embedder.embed_queries(["кофе", "чай", "кофе"], CONTEXT) == [
        await embedder.embed_query("кофе", CONTEXT),
        first,
        await embedder.embed_query("кофе", CONTEXT),
    ]
    assert model.asked == ["чай", "кофе"]


async def test_no_more_is_remembered_than_allowed_and_the_oldest_goes_first() -> None:
    model = Counting()
    embedder = RememberingEmbedder(model, most=2)
    for text in ("a", "b", "a", "c", "a", "b"):
        await embedder.embed_query(text, CONTEXT)
    assert model.asked == ["a", "b", "c", "b"]
