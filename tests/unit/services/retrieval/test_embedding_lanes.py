"""The two lanes before a model, with a model that waits to be told."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence

import pytest

from services.domain.errors import KnowledgeUnavailable
from services.retrieval import embedding_lanes
from services.retrieval.embedding_lanes import EmbeddingLanes, Overloaded
from services.retrieval.sentence_embedder import InputType


class GatedEncoder:
    """Encodes a text as its length, one batch for each `let`."""

    def __init__(self) -> None:
        self.batches: list[tuple[InputType | None, list[str]]] = []
        self.began = threading.Semaphore(0)
        self._gate = threading.Semaphore(0)
        self.error: Exception | None = None

    def let(self, batches: int = 1) -> None:
        self._gate.release(batches)

    def encode(self, texts: Sequence[str], input_type: InputType | None) -> list[int]:
        self.batches.append((input_type, list(texts)))
        self.began.release()
        assert self._gate.acquire(timeout=10)
        if self.error:
            raise self.error
        return [len(text) for text in texts]


@pytest.fixture
def encoder() -> GatedEncoder:
    return GatedEncoder()


@pytest.fixture
def lanes(encoder: GatedEncoder) -> Iterator[EmbeddingLanes]:
    lanes = EmbeddingLanes(encoder)
    lanes.start()
    yield lanes
    encoder.let(1000)
    lanes.stop()


async def busy(encoder: GatedEncoder) -> None:
    """Until the model has begun with a batch."""
    assert await asyncio.to_thread(encoder.began.acquire, timeout=10)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the other side is a thread, which sets no asyncio event
            await asyncio.sleep(0.001)


async def queued(lanes: EmbeddingLanes, count: int) -> None:
    await until(lambda: lanes.waiting >= count)


async def refused(work: Awaitable[object]) -> bool:
    try:
        await work
    except KnowledgeUnavailable:
        return True
    return False


async def test_a_query_waits_for_one_small_batch_of_a_large_job(lanes: EmbeddingLanes, encoder: GatedEncoder) -> None:
    async with asyncio.TaskGroup() as group:
        bulk = group.create_task(lanes.embed([f"passage {n}" for n in range(40)], "passage"))
        await busy(encoder)
        query = group.create_task(lanes.embed(["who?"], "query"))
        await queued(lanes, 41)
        encoder.let(2)
        assert await query == [4]
        assert not bulk.done()
        encoder.let(100)
    assert bulk.result() == [len(f"passage {n}") for n in range(40)]
    assert encoder.batches[1] == ("query", ["who?"])
    assert len(encoder.batches[0][1]) == 8


async def test_queries_that_arrive_together_are_encoded_together(lanes: EmbeddingLanes, encoder: GatedEncoder) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(lanes.embed(["first"], "query"))
        await busy(encoder)
        waiting = [group.create_task(lanes.embed(["q" * length], "query")) for length in range(1, 6)]
        await queued(lanes, 6)
        encoder.let(100)
    assert [task.result() for task in waiting] == [[1], [2], [3], [4], [5]]
    assert len(encoder.batches) == 2


async def test_types_are_not_mixed_in_a_batch(lanes: EmbeddingLanes, encoder: GatedEncoder) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(lanes.embed(["first"], "query"))
        await busy(encoder)
        group.create_task(lanes.embed(["typed"], "query"))
        group.create_task(lanes.embed(["untyped"], None))
        await queued(lanes, 3)
        encoder.let(100)
    assert [kind for kind, _ in encoder.batches] == ["query", "query", None]


async def test_a_model_that_fails_fails_the_request_and_serves_the_next(
    lanes: EmbeddingLanes, encoder: GatedEncoder
) -> None:
    encoder.error = RuntimeError("out of memory")
    encoder.let()
    with pytest.raises(KnowledgeUnavailable):
        await lanes.embed(["a", "b"], "passage")
    encoder.error = None
    encoder.let()
    assert await lanes.embed(["abc"], "passage") == [3]


async def test_a_request_that_was_given_up_is_not_encoded(lanes: EmbeddingLanes, encoder: GatedEncoder) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(lanes.embed(["first"], "query"))
        await busy(encoder)
        gone = group.create_task(lanes.embed(["given up"], "query"))
        await queued(lanes, 2)
        gone.cancel()
        await asyncio.wait([gone])
        kept = group.create_task(lanes.embed(["kept"], "query"))
        await queued(lanes, 3)
        encoder.let(100)
    assert kept.result() == [4]
    assert ["given up"] not in [texts for _, texts in encoder.batches]


async def test_more_than_fits_is_refused_at_once(
    lanes: EmbeddingLanes, encoder: GatedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding_lanes, "_MOST_WAITING", 3)
    with pytest.raises(Overloaded):
        await lanes.embed(["a"] * 4, "passage")


async def test_a_query_nobody_waits_for_any_more_is_dropped(
    lanes: EmbeddingLanes, encoder: GatedEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(lanes.embed(["first"], "passage"))
        await busy(encoder)
        late = group.create_task(refused(lanes.embed(["late"], "query")))
        await queued(lanes, 2)
        monkeypatch.setattr(embedding_lanes, "_QUERY_PATIENCE_SECONDS", -1.0)
        encoder.let(100)
    assert late.result()
    assert ["late"] not in [texts for _, texts in encoder.batches]


async def test_stopping_answers_whoever_waits(encoder: GatedEncoder) -> None:
    lanes = EmbeddingLanes(encoder)
    lanes.start()
    async with asyncio.TaskGroup() as group:
        first = group.create_task(lanes.embed(["first"], "query"))
        await busy(encoder)
        second = group.create_task(refused(lanes.embed(["second"], "passage")))
        await queued(lanes, 2)
        group.create_task(asyncio.to_thread(lanes.stop))
        await until(lambda: lanes.stopping)
        encoder.let()
    assert first.result() == [5]
    assert second.result()
    with pytest.raises(KnowledgeUnavailable):
        await lanes.embed(["third"], "query")


async def test_nothing_to_embed_needs_no_model(lanes: EmbeddingLanes) -> None:
    assert await lanes.embed([], "passage") == []


async def test_texts_of_one_length_are_encoded_together_and_come_back_in_their_order(
    lanes: EmbeddingLanes, encoder: GatedEncoder
) -> None:
    long, short = ["long " * (20 + n) for n in range(8)], ["short" + "." * n for n in range(8)]
    mixed = [text for pair in zip(short, long, strict=True) for text in pair]
    encoder.let(2)
    assert await lanes.embed(mixed, "passage") == [len(text) for text in mixed]
    assert [set(batch) for _, batch in encoder.batches] == [set(long), set(short)]


async def test_a_request_that_shares_a_batch_keeps_its_own_order(lanes: EmbeddingLanes, encoder: GatedEncoder) -> None:
    async with asyncio.TaskGroup() as group:
        first = group.create_task(lanes.embed(["a"], "passage"))
        await busy(encoder)
        second = group.create_task(lanes.embed(["bb", "cccc", "ddd"], "passage"))
        third = group.create_task(lanes.embed(["eeeee", "f"], "passage"))
        await queued(lanes, 6)
        encoder.let(2)
        assert (await first, await second, await third) == ([1], [2, 4, 3], [5, 1])
    assert len(encoder.batches) == 2
