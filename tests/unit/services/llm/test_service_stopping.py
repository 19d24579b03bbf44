"""A call that is stopped is settled, leaves no stream behind and says nothing about the provider."""

import asyncio
from contextlib import aclosing

import pytest

from services.domain.usage import CallOutcome, Usage
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.chat_model import Answer, ScriptedChatModel
from tests.unit.services.llm.scripted_service import CONTEXT, PROMPT, PROMPT_TOKENS, Bench


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
