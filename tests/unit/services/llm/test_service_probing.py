"""After a circuit was open, one call finds out for all whether the provider is back."""

import asyncio
from contextlib import aclosing

import pytest

from services.domain.errors import ModelError, ModelRefused, ModelUnavailable
from services.llm.events import Completed, Delta
from services.llm.service import LLMService
from tests.fakes.chat_model import Answer, ScriptedChatModel, failing
from tests.unit.bot.waiting import until
from tests.unit.services.llm.scripted_service import CONTEXT, PROMPT, Bench

CIRCUIT = "scripted/smart"


@pytest.fixture
def rested(bench: Bench) -> Bench:
    """The circuit of the only model was open, and its time has passed."""
    bench.fallbacks = ("smart",)
    bench.breaker.failures[CIRCUIT] = bench.breaker.threshold
    bench.breaker.rest(CIRCUIT)
    return bench


async def ask(service: LLMService) -> str:
    try:
        return (await service.complete(PROMPT, CONTEXT)).text
    except ModelError as error:
        return error.code


async def test_while_the_probe_is_out_the_others_fail_fast(rested: Bench) -> None:
    spoken = asyncio.Event()
    rested.model.will_answer(Answer(["alive"], before=spoken))
    service = rested.service()
    async with asyncio.TaskGroup() as group:
        asking = [group.create_task(ask(service)) for _ in range(20)]
        await until(lambda: sum(task.done() for task in asking) == 19, "those who are refused")
        spoken.set()
    answers = sorted(task.result() for task in asking)
    assert answers == ["alive"] + ["model_unavailable"] * 19
    assert len(rested.model.requests) == 1


async def test_the_first_word_of_a_probe_opens_the_way(rested: Bench) -> None:
    rested.model.will_answer(Answer(["slow ", asyncio.Event()]), "quick")
    service = rested.service()
    async with aclosing(service.stream(PROMPT, CONTEXT)) as probe:
        assert await anext(probe) == Delta("slow ")
        assert await ask(service) == "quick"


async def test_a_probe_that_fails_keeps_the_circuit_open(rested: Bench) -> None:
    rested.model.will_answer(failing(ModelUnavailable()))
    assert await ask(rested.service()) == "model_unavailable"
    assert len(rested.model.requests) == 1


@pytest.mark.parametrize("ending", ["stopped", "refused", "bug", "no ledger"])
async def test_a_probe_without_a_verdict_lets_the_next_one_try(rested: Bench, ending: str) -> None:
    service = rested.service()
    if ending == "stopped":
        rested.model.will_answer(Answer(before=asyncio.Event()))
        async with asyncio.TaskGroup() as group:
            asking = group.create_task(ask(service))
            await until(lambda: bool(rested.model.requests), "the probe's request")
            asking.cancel()
    elif ending == "refused":
        rested.model.will_answer(failing(ModelRefused("the key")))
        assert await ask(service) == "model_refused"
    elif ending == "bug":
        rested.model = ScriptedChatModel()
        with pytest.raises(AssertionError):
            await ask(rested.service())
    else:
        rested.ledger.refuses_start = True
        with pytest.raises(Exception, match="full disk"):
            await ask(service)
        rested.ledger.refuses_start = False
    rested.model.will_answer("back")
    events = [event async for event in rested.service().stream(PROMPT, CONTEXT)]
    assert isinstance(events[-1], Completed)
    assert rested.breaker.failures[CIRCUIT] == 0
