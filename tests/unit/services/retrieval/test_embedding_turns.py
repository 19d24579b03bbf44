"""Embedding that can be stopped: over fakes, and an embedder that stands before a gate."""

import asyncio
from collections.abc import Sequence

import pytest

from services.domain.chunk_rules import ChunkRules
from services.domain.errors import KnowledgeUnavailable
from services.domain.usage import CallContext
from services.retrieval.embedding_turns import EmbeddingTurns
from services.retrieval.ingestion import Ingestion
from services.retrieval.ports import ModelFailed
from tests.fakes.retrieval import HashingEmbedder, MemoryKeywordIndex, MemoryPassageSource, MemoryVectorIndex

PROJECT, PASSAGES, MODEL = 1, 100, "hashing"


class GatedEmbedder(HashingEmbedder):
    def __init__(self) -> None:
        super().__init__()
        self.may_answer, self.may_embed = asyncio.Event(), asyncio.Event()
        self.asked, self.embedding = asyncio.Event(), asyncio.Event()
        self.at_once = self.most_at_once = 0
        self.failure: KnowledgeUnavailable | None = None

    async def warm_up(self) -> None:
        self.asked.set()
        await self.may_answer.wait()
        if self.failure:
            raise self.failure
        await super().warm_up()

    async def embed_passages(self, texts: Sequence[str], context: CallContext) -> Sequence[Sequence[float]]:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.embedding.set()
        try:
            await self.may_embed.wait()
            return await super().embed_passages(texts, context)
        finally:
            self.at_once -= 1


class Base:
    """A project whose passages have no vectors yet."""

    def __init__(self) -> None:
        self.source = MemoryPassageSource()
        self.vectors = MemoryVectorIndex()
        self.embedder = GatedEmbedder()

    def turns(self, grace_seconds: float = 30.0) -> EmbeddingTurns:
        """As a new process has them."""
        ingestion = Ingestion(self.source, MemoryKeywordIndex(), self.vectors, self.embedder)
        return EmbeddingTurns(ingestion, self.embedder, grace_seconds=grace_seconds)

    async def pending(self) -> int:
        return len(await self.source.unembedded(PROJECT, MODEL, PASSAGES))


@pytest.fixture
async def base() -> Base:
    base = Base()
    ingestion = Ingestion(base.source, MemoryKeywordIndex(), None, None)
    for number in range(PASSAGES):
        await ingestion.ingest_text(PROJECT, f"{number}.md", f"Story number {number}.")
    return base


async def test_who_waits_for_a_model_is_stopped_at_once(base: Base) -> None:
    turns = base.turns()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        job, sweep = group.create_task(turns.embed(PROJECT)), group.create_task(turns.embed(PROJECT))
        await base.embedder.asked.wait()
        turns.stop()
    assert (job.result(), sweep.result(), await base.pending()) == (0, 0, PASSAGES)
    assert not base.embedder.embedding.is_set()


async def test_the_batch_under_way_is_finished_and_the_rest_left_to_the_next_process(base: Base) -> None:
    base.embedder.may_answer.set()
    turns = base.turns()
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        job = group.create_task(turns.embed(PROJECT))
        await base.embedder.embedding.wait()
        turns.stop()
        base.embedder.may_embed.set()
    assert 0 < job.result() < PASSAGES
    assert await base.pending() == PASSAGES - job.result()
    assert await turns.embed(PROJECT) == 0
    assert await base.turns().embed(PROJECT) == PASSAGES - job.result()
    assert len(await base.vectors.ids(PROJECT, MODEL)) == PASSAGES


async def test_a_batch_longer_than_the_grace_is_given_up_and_made_again(base: Base) -> None:
    base.embedder.may_answer.set()
    turns = base.turns(grace_seconds=0.01)
    async with asyncio.timeout(10), asyncio.TaskGroup() as group:
        job = group.create_task(turns.embed(PROJECT))
        await base.embedder.embedding.wait()
        turns.stop()
    assert (job.result(), await base.pending()) == (0, PASSAGES)
    base.embedder.may_embed.set()
    assert await base.turns().embed(PROJECT) == PASSAGES


async def test_two_at_once_take_turns(base: Base) -> None:
    base.embedder.may_answer.set()
    base.embedder.may_embed.set()
    turns = base.turns()
    assert sorted(await asyncio.gather(turns.embed(PROJECT), turns.embed(PROJECT))) == [0, PASSAGES]
    assert (base.embedder.most_at_once, base.embedder.passages_embedded) == (1, PASSAGES)


@pytest.mark.parametrize("failure", [KnowledgeUnavailable("loading"), ModelFailed("no such folder")])
async def test_a_model_that_cannot_be_had_is_said_before_any_text_is_sent(
    base: Base, failure: KnowledgeUnavailable
) -> None:
    base.embedder.failure = failure
    base.embedder.may_answer.set()
    with pytest.raises(type(failure)):
        await base.turns().embed(PROJECT)
    assert not base.embedder.embedding.is_set()


async def test_a_time_out_that_nobody_asked_for_is_an_error(base: Base) -> None:
    class Slow(GatedEmbedder):
        async def warm_up(self) -> None:
            raise TimeoutError("the disk")

    base.embedder = Slow()
    with pytest.raises(TimeoutError, match="the disk"):
        await base.turns().embed(PROJECT)


async def test_documents_are_cut_by_new_rules_in_their_turn(base: Base) -> None:
    base.embedder.may_answer.set()
    base.embedder.may_embed.set()
    turns = base.turns()
    await turns.embed(PROJECT)
    base.source.rules[PROJECT] = {"": ChunkRules(100, 200, 10)}
    assert await turns.embed(PROJECT) == 0, "their vectors came before they were switched over"
    assert {chunking for _, _, chunking in await base.source.cuts(PROJECT)} == {ChunkRules(100, 200, 10).signature}
    assert (await base.pending(), base.embedder.passages_embedded) == (0, PASSAGES), "the same texts have their vectors"
