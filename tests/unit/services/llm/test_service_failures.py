"""When a model fails, LLMService tries again, replaces the text, falls back and breaks the circuit."""

import pytest

from services.calling.retry import RetryPolicy
from services.domain.errors import (
    ContextTooLong,
    ModelBusy,
    ModelError,
    ModelNotConfigured,
    ModelRefused,
    ModelTimeout,
    ModelUnavailable,
    StreamIncomplete,
)
from services.domain.prompt import ModelRole
from services.domain.usage import CallOutcome, Usage
from services.llm.events import Completed, Delta, Restarted
from services.llm.routing import plan_routes
from services.llm.service import LLMService
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer, cut, failing
from tests.fakes.token_counter import WordCounter
from tests.unit.services.llm.scripted_service import CONTEXT, PROMPT, PROMPT_TOKENS, Bench, events_of


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
    both = plan_routes(bench.model, "smart", "fast")
    assert [route.model for route in both[ModelRole.SMART]] == ["smart", "fast"]
    assert [route.model for route in both[ModelRole.FAST]] == ["fast", "smart"], "plain work does not fail alone"


async def test_a_filtered_answer_is_refused(bench: Bench) -> None:
    bench.fallbacks = ("smart",)
    bench.model.will_answer(Answer(["I"], "content_filter"))
    with pytest.raises(ModelRefused):
        await bench.service().complete(PROMPT, CONTEXT)


async def test_parameters_that_the_model_refuses_are_not_in_the_passport(bench: Bench) -> None:
    bench.model.will_answer(Answer(["ok"], not_sent=("seed",)))
    assert (await bench.service().complete(PROMPT, CONTEXT)).parameters == {"temperature": 0.5, "max_tokens": 4000}


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
