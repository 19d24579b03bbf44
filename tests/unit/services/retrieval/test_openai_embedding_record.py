"""Requests for vectors in the ledger: who asked, what it cost, and what a refusal means to a search."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from services.calling.halt_watch import EVERYTHING
from services.calling.price_book import PriceBook
from services.domain.errors import BudgetExhausted, CallRefused, GenerationHalted, KnowledgeUnavailable
from services.domain.usage import CallContext, CallOutcome
from services.llm.genai_prices import GenaiPriceList
from services.llm.tiktoken_counter import TiktokenCounter
from services.retrieval.openai_embedder import OpenAIEmbedder
from services.retrieval.openai_embedding_record import RecordedEmbeddings
from tests.emulators.openai import Fault, FaultKind, OpenAIEmulator, running
from tests.fakes.call_ledger import MemoryLedger
from tests.unit.bot.waiting import until

ASKED = CallContext("search", project_id=1, member_id=2, chat_id=3)


@dataclass
class Bench:
    emulator: OpenAIEmulator
    ledger: MemoryLedger
    embedder: OpenAIEmbedder


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    emulator, ledger = OpenAIEmulator(), MemoryLedger()
    async with running(emulator) as server:
        prices = PriceBook(GenaiPriceList(providers=["openai"]))
        recorded = RecordedEmbeddings("openai", ledger, prices, TiktokenCounter(tmp_path))
        embedder = OpenAIEmbedder("text-embedding-3-small", server.base_url, "key", recorded=recorded)
        yield Bench(emulator, ledger, embedder)
        await embedder.aclose()


async def test_a_query_is_in_the_ledger_with_who_asked(bench: Bench) -> None:
    await bench.embedder.embed_query("тихий час " * 100, ASKED)
    (call,), (request,), (errand,) = bench.ledger.calls, bench.emulator.meter.calls, bench.ledger.errands
    assert (call.context, call.provider, call.model) == (ASKED, "openai", "text-embedding-3-small")
    assert call.report is not None
    assert call.report.usage.tokens_in == request.tokens_in
    assert not call.report.usage.estimated
    assert call.report.cost_microusd == round(request.tokens_in * 0.02)
    assert call.report.price == {"input_mtok": "0.02"}
    assert errand.role == "embedding"
    assert errand.most_microusd >= call.report.cost_microusd > 0
    assert request.request_id == "muza-1"


async def test_every_batch_and_every_try_is_a_line(bench: Bench) -> None:
    bench.emulator.faults.add(Fault(FaultKind.SERVER_ERROR))
    await bench.embedder.embed_passages([f"плед {number}" for number in range(40)], ASKED)
    assert bench.ledger.outcomes == [CallOutcome.FAILED, CallOutcome.OK, CallOutcome.OK]
    refused, *_ = [call.report for call in bench.ledger.calls if call.report]
    assert (refused.cost_microusd, refused.error_code) == (0, "model_unavailable")


async def test_tokens_that_are_not_told_are_counted_here(bench: Bench) -> None:
    bench.emulator.faults.add(Fault(FaultKind.NO_USAGE))
    await bench.embedder.embed_query("the quiet hour, in the evening", ASKED)
    (call,), (request,) = bench.ledger.calls, bench.emulator.meter.calls
    assert call.report is not None
    assert (call.report.usage.tokens_in, call.report.usage.estimated) == (request.tokens_in, True)


async def test_an_answer_that_was_cut_is_paid_for(bench: Bench) -> None:
    bench.emulator.faults.add(Fault(FaultKind.CUT))
    await bench.embedder.embed_query("плед " * 200, ASKED)
    assert bench.ledger.outcomes == [CallOutcome.CUT, CallOutcome.OK]
    cut, answered = (call.report for call in bench.ledger.calls)
    assert cut is not None
    assert answered is not None
    assert cut.cost_microusd == answered.cost_microusd


@pytest.mark.parametrize("refusal", [BudgetExhausted(), GenerationHalted()])
async def test_what_must_not_leave_does_not_and_search_goes_on_without(bench: Bench, refusal: CallRefused) -> None:
    bench.ledger.refusal = refusal
    with pytest.raises(KnowledgeUnavailable, match=refusal.code):
        await bench.embedder.embed_query("плед", ASKED)
    assert list(bench.emulator.meter.calls) == []


async def test_without_a_ledger_nothing_leaves(bench: Bench) -> None:
    bench.ledger.refuses_start = True
    with pytest.raises(KnowledgeUnavailable, match="store_unavailable"):
        await bench.embedder.embed_query("плед", ASKED)
    assert list(bench.emulator.meter.calls) == []


@pytest.mark.parametrize("halted", [1, EVERYTHING], ids=["its project", "everything"])
async def test_a_request_under_way_is_cut_by_the_kill_switch(bench: Bench, halted: int) -> None:
    bench.emulator.faults.add(Fault(FaultKind.STALL))

    async def halt() -> None:
        await until(lambda: bool(bench.emulator.meter.calls), "the request to arrive")
        assert bench.ledger.halts.learn(frozenset({2})) == 0, "another project is none of its business"
        assert bench.ledger.halts.learn(frozenset({halted})) == 1

    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        group.create_task(halt())
        with pytest.raises(KnowledgeUnavailable, match="generation_halted"):
            await bench.embedder.embed_query("плед", ASKED)
    assert bench.ledger.outcomes == [CallOutcome.STOPPED]
    assert len(bench.emulator.meter.calls) == 1, "it is not asked again"
    (report,) = (call.report for call in bench.ledger.calls)
    assert report is not None
    assert report.usage.estimated, "what had left may be billed"
    assert report.usage.tokens_in > 0
