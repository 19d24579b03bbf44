"""The rules of LLMService over a scripted model: retry, replace, fall back, break the circuit, write it all down."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass, field

import pytest

from services.domain.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelNotConfigured,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    StoreUnavailable,
    StreamIncomplete,
)
from services.domain.generation import PromptRelease
from services.domain.prompt import Message, ModelRole, RenderedPrompt, SamplingParameters
from services.domain.usage import CallContext, CallOutcome, Usage
from services.llm.events import Completed, Delta, Restarted
from services.llm.retry import RetryPolicy
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.chat_model import ANSWERED, Answer, ScriptedChatModel, answer, cut, failing
from tests.fakes.circuit_breaker import MemoryBreaker
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter

PROMPT = RenderedPrompt(
    messages=(Message("system", "four words of rules"), Message("user", "a brief")),
    release=PromptRelease("idea", "1", "0" * 64),
    role=ModelRole.SMART,
    parameters=SamplingParameters(temperature=0.5, seed=7),
)
PROMPT_TOKENS = 4 + 2 + 2 * 4
CONTEXT = CallContext(task="idea", project_id=1, member_id=2, brief_id=3, generation_id=4)


@dataclass
class Bench:
    model: ScriptedChatModel = field(default_factory=ScriptedChatModel)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    breaker: MemoryBreaker = field(default_factory=MemoryBreaker)
    prices: FlatPriceList = field(default_factory=FlatPriceList)
    slept: list[float] = field(default_factory=list)
    now: float = 0.0
    fallbacks: tuple[str, ...] = ("backup",)
    policy: RetryPolicy = field(default_factory=RetryPolicy)

    def service(self) -> LLMService:
        return LLMService(
            plan_routes(self.model, "smart", "fast", self.fallbacks),
            ledger=self.ledger,
            breaker=self.breaker,
            prices=self.prices,
            counter=WordCounter(),
            policy=self.policy,
            sleep=self._sleep,
            monotonic=lambda: self.now,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def models(self) -> list[str]:
        return [request.model for request in self.model.requests]


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def events_of(service: LLMService) -> list[Delta | Restarted | Completed]:
    async with aclosing(service.stream(PROMPT, CONTEXT)) as events:
        return [event async for event in events]


async def test_text_grows_and_is_completed(bench: Bench) -> None:
    bench.model.will_answer(answer("abcdef", piece=2))
    events = await events_of(bench.service())
    assert events == [
        Delta("ab"),
        Delta("abcd"),
        Delta("abcdef"),
        Completed("abcdef", ANSWERED, 240, "smart", "scripted", {"temperature": 0.5, "seed": 7}, "stop"),
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


# --- retry


@pytest.mark.parametrize("error", [ModelUnavailable(), ModelBusy(), ModelTimeout(), StreamIncomplete()])
async def test_transient_errors_are_tried_again_and_the_text_replaced(bench: Bench, error: ModelError) -> None:
    bench.model.will_answer(failing(error, "old ", "text"), answer("new", piece=3))
    events = await events_of(bench.service())
    assert events[:4] == [Delta("old "), Delta("old text"), Restarted(error.code), Delta("new")]
    assert isinstance(events[-1], Completed)
    assert events[-1].text == "new"
    assert bench.models == ["smart", "smart"]


async def test_a_stream_without_a_finish_reason_is_incomplete_and_retried(bench: Bench) -> None:
    bench.model.will_answer(cut("half an ans"), "whole answer")
    completed = await bench.service().complete(PROMPT, CONTEXT)
    assert completed.text == "whole answer"
    assert bench.ledger.outcomes == [CallOutcome.CUT, CallOutcome.OK]
    report = bench.ledger.calls[0].report
    assert report is not None
    assert report.usage == Usage(PROMPT_TOKENS, 0, 3, estimated=True)
    assert report.cost_microusd == 2 * (PROMPT_TOKENS + 3)
    assert report.error_code == "stream_incomplete"


async def test_an_empty_answer_is_no_answer(bench: Bench) -> None:
    bench.model.will_answer(Answer([" \n"]), "something")
    assert (await bench.service().complete(PROMPT, CONTEXT)).text == "something"


async def test_waits_grow_with_jitter_and_stay_bounded(bench: Bench) -> None:
    bench.fallbacks = ()
    bench.policy = RetryPolicy(max_tries=9, first_wait_seconds=1, max_wait_seconds=4, total_seconds=1e9)
    bench.model = ScriptedChatModel([failing(ModelUnavailable())], repeat_last=True)
    bench.breaker.threshold = 1000
    with pytest.raises(ModelUnavailable):
        await bench.service().complete(PROMPT, CONTEXT)
    first, then = bench.slept[:8], bench.slept[8:]  # nine tries at each of smart and fast
    assert len(first) == len(then) == 8
    assert all(0 <= wait <= min(4, 2**number) for number, wait in enumerate(first))
    assert len(set(bench.slept)) > 8, "no two waits alike: that is the jitter"


async def test_retry_after_is_honoured(bench: Bench) -> None:
    bench.model.will_answer(failing(ModelBusy(retry_after=11.0)), "ok")
    await bench.service().complete(PROMPT, CONTEXT)
    assert 11.0 <= bench.slept[0] <= 12.0


async def test_a_retry_after_longer_than_a_person_waits_goes_to_the_fallback(bench: Bench) -> None:
    bench.model.will_answer(failing(ModelBusy(retry_after=600)), "ok")
    completed = await bench.service().complete(PROMPT, CONTEXT)
    assert (completed.model, bench.slept) == ("backup", [])


async def test_no_new_try_begins_when_the_time_is_up(bench: Bench) -> None:
    bench.policy = RetryPolicy(max_tries=100, total_seconds=30)
    bench.model = ScriptedChatModel([failing(ModelBusy(retry_after=10))], repeat_last=True)
    with pytest.raises(ModelBusy):
        await bench.service().complete(PROMPT, CONTEXT)
    assert bench.models == ["smart"] * 3 + ["backup"], "the fallback is still tried, since it needs no wait"
    assert bench.now <= 30


# --- routes


async def test_the_fallback_answers_when_the_tries_are_used_up(bench: Bench) -> None:
    bench.model.will_answer(*[failing(ModelUnavailable())] * 3, "from the backup")
    completed = await bench.service().complete(PROMPT, CONTEXT)
    assert (completed.text, completed.model) == ("from the backup", "backup")
    assert bench.models == ["smart", "smart", "smart", "backup"]
    assert bench.ledger.outcomes == [CallOutcome.FAILED] * 3 + [CallOutcome.OK]


@pytest.mark.parametrize("error", [ModelRefused("wrong key"), ContextTooLong("long")])
async def test_what_another_try_cannot_mend_is_not_tried_again(bench: Bench, error: ModelError) -> None:
    bench.fallbacks = ("smart",)
    bench.model.will_answer(failing(error))
    with pytest.raises(type(error)):
        await bench.service().complete(PROMPT, CONTEXT)
    assert bench.models == ["smart"]
    assert bench.slept == []


async def test_the_error_is_the_one_of_the_configured_model(bench: Bench) -> None:
    bench.model.will_answer(failing(ModelRefused("smart is gone")), failing(ContextTooLong("backup is small")))
    with pytest.raises(ModelRefused, match="smart is gone"):
        await bench.service().complete(PROMPT, CONTEXT)


async def test_without_a_configured_model_the_operator_is_asked(bench: Bench) -> None:
    service = LLMService(
        dict.fromkeys(ModelRole, ()),
        ledger=bench.ledger,
        breaker=bench.breaker,
        prices=bench.prices,
        counter=WordCounter(),
    )
    with pytest.raises(ModelNotConfigured):
        await service.complete(PROMPT, CONTEXT)
    assert bench.ledger.calls == []


async def test_roles_have_their_chains(bench: Bench) -> None:
    routes = plan_routes(bench.model, "smart", "fast", ("backup", "fast"))
    assert {role: [route.model for route in chain] for role, chain in routes.items()} == {
        ModelRole.SMART: ["smart", "backup", "fast"],
        ModelRole.FAST: ["fast", "backup"],
    }
    alone = plan_routes(bench.model, "local", "local")
    assert [route.model for route in alone[ModelRole.SMART]] == ["local"]
    assert [route.model for route in plan_routes(bench.model, "smart", "fast")[ModelRole.SMART]] == ["smart", "fast"]


async def test_a_filtered_answer_is_refused(bench: Bench) -> None:
    bench.fallbacks = ("smart",)
    bench.model.will_answer(Answer(["I"], "content_filter"))
    with pytest.raises(ModelRefused):
        await bench.service().complete(PROMPT, CONTEXT)


async def test_parameters_that_the_model_refuses_are_not_in_the_passport(bench: Bench) -> None:
    bench.model.will_answer(Answer(["ok"], not_sent=("seed",)))
    assert (await bench.service().complete(PROMPT, CONTEXT)).parameters == {"temperature": 0.5}


# --- circuit


async def test_an_open_circuit_is_not_called_and_the_fallback_answers(bench: Bench) -> None:
    bench.breaker.failures["scripted/smart"] = 5
    bench.model.will_answer("ok")
    assert (await bench.service().complete(PROMPT, CONTEXT)).model == "backup"
    assert bench.models == ["backup"]


async def test_an_open_circuit_everywhere_fails_at_once_and_says_for_how_long(bench: Bench) -> None:
    bench.breaker.failures.update({"scripted/smart": 5, "scripted/backup": 5})
    with pytest.raises(ModelUnavailable) as failure:
        await bench.service().complete(PROMPT, CONTEXT)
    assert failure.value.retry_after == 30.0
    assert bench.ledger.calls == [], "no request left, so there is nothing to record"


async def test_failures_open_the_circuit_and_success_closes_it(bench: Bench) -> None:
    bench.model.will_answer(*[failing(ModelTimeout())] * 2, "ok")
    service = bench.service()
    await service.complete(PROMPT, CONTEXT)
    assert bench.breaker.failures["scripted/smart"] == 0
    bench.model.will_answer(*[failing(ModelUnavailable())] * 3, "ok")
    await service.complete(PROMPT, CONTEXT)
    assert bench.breaker.failures["scripted/smart"] == 3


@pytest.mark.parametrize("error", [ModelBusy(), ModelRefused(), ContextTooLong()])
async def test_a_provider_that_answers_is_alive(bench: Bench, error: ModelError) -> None:
    bench.model = ScriptedChatModel([failing(error)], repeat_last=True)
    with pytest.raises(type(error)):
        await bench.service().complete(PROMPT, CONTEXT)
    assert bench.breaker.failures.total() == 0


# --- stopping


@pytest.fixture
async def stopped_call(bench: Bench) -> Bench:
    """A reader cancelled after three words."""
    bench.model.will_answer(Answer(["three words written", asyncio.Event()]))
    heard = asyncio.Event()

    async def read() -> None:
        async with aclosing(bench.service().stream(PROMPT, CONTEXT)) as events:
            async for _ in events:
                heard.set()

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(read())
        await heard.wait()
        reading.cancel()
    return bench


async def test_a_stopped_call_is_settled_with_counted_tokens(stopped_call: Bench) -> None:
    report = stopped_call.ledger.calls[0].report
    assert report is not None
    assert report.outcome is CallOutcome.STOPPED
    assert report.usage == Usage(PROMPT_TOKENS, 0, 3, estimated=True)
    assert report.cost_microusd == 2 * (PROMPT_TOKENS + 3)
    assert report.error_code is None


async def test_a_stopped_call_leaves_no_stream_and_no_mark_on_the_circuit(stopped_call: Bench) -> None:
    assert stopped_call.model.open_streams == 0
    assert stopped_call.breaker.failures.total() == 0


async def test_closing_the_generator_settles_before_it_returns(bench: Bench) -> None:
    bench.model.will_answer(Answer(["a", asyncio.Event()]))
    async with aclosing(bench.service().stream(PROMPT, CONTEXT)) as events:
        await anext(events)
    assert bench.ledger.outcomes == [CallOutcome.STOPPED]
    assert bench.model.open_streams == 0


async def test_a_second_cancellation_does_not_interrupt_the_settling(bench: Bench) -> None:
    settling, go_on, settled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    class SlowLedger(MemoryLedger):
        async def finish(self, call_id, report):  # type: ignore[no-untyped-def]
            settling.set()
            await go_on.wait()
            await super().finish(call_id, report)
            settled.set()

    bench.ledger = SlowLedger()
    bench.model.will_answer(Answer(["a", asyncio.Event()]))
    heard = asyncio.Event()

    async def read() -> None:
        async with aclosing(bench.service().stream(PROMPT, CONTEXT)) as events:
            async for _ in events:
                heard.set()

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(read())
        await heard.wait()
        reading.cancel()
        await settling.wait()
        reading.cancel()
    go_on.set()
    await asyncio.wait_for(settled.wait(), 5)
    assert bench.ledger.outcomes == [CallOutcome.STOPPED]


async def test_a_bug_in_an_adapter_is_settled_and_not_hidden(bench: Bench) -> None:
    class Buggy(ScriptedChatModel):
        async def stream(self, request):  # type: ignore[no-untyped-def]
            yield next(iter(()))

    bench.model = Buggy()
    with pytest.raises(RuntimeError):
        await bench.service().complete(PROMPT, CONTEXT)
    assert bench.ledger.outcomes == [CallOutcome.FAILED]


# --- counting


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
