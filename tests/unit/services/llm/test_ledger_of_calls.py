"""What the ledger says about a call that was stopped before it left, or whose process died."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime

from services.calling.lost_calls import LostCalls
from services.domain.errand import Errand
from services.domain.usage import CallOutcome, CallReport, Usage
from tests.fakes.call_ledger import MemoryLedger
from tests.fakes.price_list import FlatPriceList
from tests.fakes.token_counter import WordCounter
from tests.unit.services.llm.scripted_service import CONTEXT, PROMPT, PROMPT_TOKENS, Bench

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class SlowLedger(MemoryLedger):
    """Its INSERT takes until `go_on`."""

    def __init__(self, refuses_start: bool = False) -> None:
        super().__init__(refuses_start=refuses_start)
        self.inserting, self.go_on, self.settled = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def start(self, *row, **more):  # type: ignore[no-untyped-def]
        self.inserting.set()
        await self.go_on.wait()
        return await super().start(*row, **more)

    async def finish(self, call_id: int, report: CallReport) -> None:
        await super().finish(call_id, report)
        self.settled.set()


async def stopped_while_inserting(bench: Bench, ledger: SlowLedger, stops: int) -> None:
    bench.ledger = ledger

    async def read() -> None:
        async with aclosing(bench.service().stream(PROMPT, CONTEXT)) as events:
            async for _ in events:
                raise AssertionError("nothing was to be heard")

    async with asyncio.TaskGroup() as group:
        reading = group.create_task(read())
        await ledger.inserting.wait()
        for _ in range(stops):
            reading.cancel()
            await asyncio.sleep(0)
        ledger.go_on.set()


async def test_a_stop_between_the_row_and_the_request_leaves_no_open_row(bench: Bench) -> None:
    ledger = SlowLedger()
    await stopped_while_inserting(bench, ledger, 1)
    (call,) = ledger.calls
    assert call.report is not None
    assert (call.report.outcome, call.report.usage, call.report.cost_microusd) == (CallOutcome.STOPPED, Usage(), 0)
    assert bench.models == [], "the request never left"


async def test_two_stops_leave_no_open_row_either(bench: Bench) -> None:
    ledger = SlowLedger()
    await stopped_while_inserting(bench, ledger, 2)
    await asyncio.wait_for(ledger.settled.wait(), 5)
    assert ledger.outcomes == [CallOutcome.STOPPED]


async def test_a_stop_while_the_database_refuses_the_row_leaves_none(bench: Bench) -> None:
    ledger = SlowLedger(refuses_start=True)
    await stopped_while_inserting(bench, ledger, 1)
    assert ledger.calls == []


async def test_the_prompt_is_counted_before_the_request_leaves_and_named_in_it(bench: Bench) -> None:
    bench.model.will_answer("first", "second")
    service = bench.service()
    await service.complete(PROMPT, CONTEXT)
    await service.complete(PROMPT, CONTEXT)
    assert [call.tokens_in for call in bench.ledger.calls] == [PROMPT_TOKENS, PROMPT_TOKENS]
    assert [request.request_id for request in bench.model.requests] == ["muza-1", "muza-2"]


async def open_calls(ledger: MemoryLedger, *tokens: int | None) -> None:
    for token in tokens:
        await ledger.start(Errand(replace(CONTEXT, lease_token=token), "p", "smart", tokens_in=100))


def lost_calls(ledger: MemoryLedger) -> LostCalls:
    return LostCalls(ledger, FlatPriceList(), WordCounter())


async def test_calls_of_dead_runs_are_lost_and_the_last_one_wrote_what_was_saved() -> None:
    ledger = MemoryLedger()
    await open_calls(ledger, 1, 2, 3)
    assert await lost_calls(ledger).of_older_runs(4, 3, "three saved words") == 2
    assert ledger.outcomes == [CallOutcome.LOST, CallOutcome.LOST, CallOutcome.STARTED]
    first, second = (call.report for call in ledger.calls[:2])
    assert first is not None
    assert second is not None
    assert first.usage == Usage(100, 0, 0, estimated=True)
    assert second.usage == Usage(100, 0, 3, estimated=True)
    assert second.cost_microusd == 2 * 103


async def test_another_attempt_s_calls_are_left_alone() -> None:
    ledger = MemoryLedger()
    await open_calls(ledger, 1)
    assert await lost_calls(ledger).of_older_runs(5, 2, "words") == 0


async def test_calls_that_nobody_came_for_are_lost() -> None:
    ledger = MemoryLedger()
    await open_calls(ledger, None, 1)
    assert await lost_calls(ledger).forgotten(NOW) == 2
    assert ledger.outcomes == [CallOutcome.LOST] * 2
