"""What an attempt has cost, for telling what another one may: on both engines."""

import pytest

from services.domain.errand import Errand
from services.domain.generation import Generation
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import Store
from services.store.sql_ledger import SqlLedger
from tests.store_rows import a_brief

OK = CallOutcome.OK


async def an_attempt(store: Store) -> Generation:
    brief = await a_brief(store)
    async with store.transaction() as tx:
        return await tx.generations.add(brief.id, brief.member_id)


async def cost_of(store: Store, generation_id: int) -> int | None:
    async with store.reading() as tx:
        return await tx.calls.cost_of(generation_id)


async def called(
    store: Store, generation_id: int, cost: int | None, outcome: CallOutcome = OK, *, characters: int = 0
) -> None:
    ledger, context = SqlLedger(store), CallContext("idea", generation_id=generation_id)
    call = await ledger.start(Errand(context, "openai", "gpt-4.1", characters=characters))
    await ledger.finish(call, CallReport(outcome, Usage(10, 0, 10, characters=characters), cost, latency_ms=1))


async def test_an_attempt_costs_what_its_text_cost(store: Store) -> None:
    attempt, other = await an_attempt(store), await an_attempt(store)
    assert await cost_of(store, attempt.id) is None
    await called(store, attempt.id, 1_000)
    await called(store, attempt.id, 300)  # mended once
    await called(store, attempt.id, 900, CallOutcome.CUT)  # what went wrong need not go wrong again
    await called(store, attempt.id, 50_000, characters=400)  # read aloud: that is kept, and is not written again
    await called(store, other.id, 7)
    assert await cost_of(store, attempt.id) == 1_300
    assert await cost_of(store, other.id) == 7


@pytest.mark.parametrize("known", [[], [500]])
async def test_an_unknown_price_gives_no_estimate(store: Store, known: list[int]) -> None:
    attempt = await an_attempt(store)
    for cost in known:
        await called(store, attempt.id, cost)
    await called(store, attempt.id, None)
    assert await cost_of(store, attempt.id) is None


async def test_a_model_of_ones_own_costs_nothing(store: Store) -> None:
    attempt = await an_attempt(store)
    await called(store, attempt.id, 0)
    assert await cost_of(store, attempt.id) == 0
