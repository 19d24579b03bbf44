"""LLMService over a scripted model: what a call gives, what is written down and counted."""

import asyncio

import pytest

from services.domain.errors import (
    ModelTimeout,
    ModelUnavailable,
    StoreUnavailable,
)
from services.domain.usage import CallOutcome, Usage
from services.llm.events import Completed, Delta
from tests.fakes.chat_model import ANSWERED, Answer, ScriptedChatModel, answer, failing
from tests.fakes.price_list import FlatPriceList
from tests.unit.services.llm.scripted_service import CONTEXT, PROMPT, PROMPT_TOKENS, Bench, events_of


async def test_text_grows_and_is_completed(bench: Bench) -> None:
    bench.model.will_answer(answer("abcdef", piece=2))
    events = await events_of(bench.service())
    assert events == [
        Delta("ab"),
        Delta("abcd"),
        Delta("abcdef"),
        Completed(
            "abcdef", ANSWERED, 240, "smart", "scripted", {"temperature": 0.5, "max_tokens": 4000, "seed": 7}, "stop"
        ),
    ]


async def test_the_call_is_in_the_ledger_before_the_request_leaves(bench: Bench) -> None:
    seen_by_the_model: list[CallOutcome] = []

    class Witness(ScriptedChatModel):
        async def stream(self, request):  # type: ignore[no-untyped-def]
            seen_by_the_model.extend(bench.ledger.outcomes)
            async for part in super().stream(request):
                yield part

    bench.model = Witness([answer("ok")])
    await bench.service().complete(PROMPT, CONTEXT)
    assert seen_by_the_model == [CallOutcome.STARTED]
    recorded = bench.ledger.calls[0]
    assert (recorded.context, recorded.provider, recorded.model, recorded.prompt) == (
        CONTEXT,
        "scripted",
        "smart",
        PROMPT.release,
    )


async def test_the_report_holds_counts_cost_times_and_reason(bench: Bench) -> None:
    class SlowModel(ScriptedChatModel):
        async def stream(self, request):  # type: ignore[no-untyped-def]
            bench.now += 0.25
            async for part in super().stream(request):
                yield part
                bench.now += 1.0

    bench.model = SlowModel([answer("words", piece=5)])
    await bench.service().complete(PROMPT, CONTEXT)
    report = bench.ledger.calls[0].report
    assert report is not None
    assert (report.outcome, report.usage, report.cost_microusd) == (CallOutcome.OK, ANSWERED, 240)
    assert (report.first_token_ms, report.latency_ms, report.finish_reason) == (250, 2250, "stop")


async def test_no_ledger_no_call(bench: Bench) -> None:
    bench.ledger.refuses_start = True
    with pytest.raises(StoreUnavailable):
        await bench.service().complete(PROMPT, CONTEXT)
    assert bench.model.requests == []


async def test_an_answer_outlives_a_ledger_that_cannot_settle(bench: Bench) -> None:
    bench.ledger.refuses_finish = True
    bench.model.will_answer("ok")
    assert (await bench.service().complete(PROMPT, CONTEXT)).text == "ok"


async def test_a_refused_request_costs_nothing_and_a_timeout_its_prompt(bench: Bench) -> None:
    bench.model.will_answer(failing(ModelTimeout()), failing(ModelUnavailable()), "ok")
    await bench.service().complete(PROMPT, CONTEXT)
    usages = [call.report.usage for call in bench.ledger.calls if call.report]
    assert usages == [Usage(PROMPT_TOKENS, 0, 0, estimated=True), Usage(), ANSWERED]


async def test_usage_that_the_provider_does_not_send_is_counted(bench: Bench) -> None:
    bench.model.will_answer(Answer(["one two ", "three"], usage=None))
    completed = await bench.service().complete(PROMPT, CONTEXT)
    assert completed.usage == Usage(PROMPT_TOKENS, 0, 3, estimated=True)


async def test_long_texts_are_counted_aside(bench: Bench) -> None:
    bench.model.will_answer(Answer(["word " * 10_000], usage=None))
    assert (await bench.service().complete(PROMPT, CONTEXT)).usage.tokens_out == 10_000


async def test_an_unknown_price_stays_unknown(bench: Bench) -> None:
    bench.prices = FlatPriceList(unknown_models=frozenset({"smart"}))
    bench.model.will_answer("ok")
    assert (await bench.service().complete(PROMPT, CONTEXT)).cost_microusd is None


async def test_warming_up_reaches_the_model_once(bench: Bench) -> None:
    service = bench.service()
    await asyncio.gather(service.warm_up(), service.warm_up())
    assert bench.model.warmed_up
    assert bench.model.requests == []
