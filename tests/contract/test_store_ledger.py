"""The ledger of model calls: what a dead process left open, and what a frozen one says late."""

from dataclasses import replace
from datetime import timedelta

import pytest

from services.domain.errand import Errand
from services.domain.generation import Generation, GenerationState
from services.domain.lease import LeaseLost
from services.domain.usage import CallContext, CallOutcome, CallReport, StartedCall, Usage
from services.store.ports import CallTotals, Store
from services.store.sql_ledger import LONGEST_CALL, LONGEST_SETTLING, SqlLedger
from tests.store_rows import NOW, an_attempt


def report(outcome: CallOutcome, tokens_out: int) -> CallReport:
    return CallReport(outcome, Usage(100, 0, tokens_out), cost_microusd=tokens_out, latency_ms=900)


async def a_call(store: Store, attempt: Generation, token: int | None) -> int:
    context = CallContext("idea", member_id=attempt.requested_by, generation_id=attempt.id, lease_token=token)
    async with store.transaction() as tx:
        return await tx.calls.start(Errand(context, "openai", "gpt-4.1", tokens_in=77), NOW.date())


async def totals(store: Store) -> CallTotals:
    async with store.reading() as tx:
        return await tx.calls.totals()


async def test_the_prompt_counts_from_the_start(store: Store) -> None:
    await a_call(store, await an_attempt(store), 1)
    assert await totals(store) == CallTotals(1, 77, 0, 0, 0, 0)


async def test_a_run_that_is_over_calls_nobody(store: Store) -> None:
    attempt, ledger = await an_attempt(store), SqlLedger(store)
    context = CallContext("idea", generation_id=attempt.id, lease_token=1)
    for wrong in (context, replace(context, lease_token=2)):
        with pytest.raises(LeaseLost):
            await ledger.start(Errand(wrong, "openai", "gpt-4.1"))
        async with store.transaction() as tx:
            await tx.generations.claim(attempt.id, "bot", NOW + timedelta(seconds=9), NOW)
    assert (await totals(store)).calls == 0
    await ledger.start(Errand(context, "openai", "gpt-4.1"))
    async with store.transaction() as tx:
        await tx.generations.finish(attempt.id, 1, GenerationState.FAILED, now=NOW)
    with pytest.raises(LeaseLost):
        await ledger.start(Errand(context, "openai", "gpt-4.1"))
    assert (await totals(store)).calls == 1


async def test_real_figures_replace_a_loss_once_and_no_loss_replaces_them(store: Store) -> None:
    ledger = SqlLedger(store)
    call = await a_call(store, await an_attempt(store), 1)
    await ledger.finish(call, report(CallOutcome.LOST, 5))
    assert await totals(store) == CallTotals(1, 100, 0, 5, 5, 0)
    await ledger.finish(call, report(CallOutcome.LOST, 6))
    assert (await totals(store)).tokens_out == 5
    await ledger.finish(call, report(CallOutcome.STOPPED, 20))
    assert await totals(store) == CallTotals(1, 100, 0, 20, 20, 0)
    await ledger.finish(call, report(CallOutcome.LOST, 7))
    await ledger.finish(call, report(CallOutcome.OK, 8))
    assert (await totals(store)).tokens_out == 20


async def test_open_calls_of_older_runs_are_found(store: Store) -> None:
    ledger = SqlLedger(store)
    attempt, other = await an_attempt(store), await an_attempt(store)
    unnumbered, first, settled, second, _own = [await a_call(store, attempt, token) for token in (None, 1, 1, 2, 3)]
    await a_call(store, other, 1)
    await ledger.finish(settled, report(CallOutcome.OK, 1))
    found = await ledger.unsettled_of_older_runs(attempt.id, 3)
    assert [call.id for call in found] == [unnumbered, first, second]
    assert found[0] == StartedCall(unnumbered, "openai", "gpt-4.1", 77, attempt.id)


async def test_a_call_is_forgotten_when_its_run_is_over_or_when_it_is_old(store: Store) -> None:
    ledger = SqlLedger(store)
    running, taken_over, ended = [await an_attempt(store) for _ in range(3)]
    now = NOW
    async with store.transaction() as tx:
        for attempt, claims in ((running, 1), (taken_over, 2), (ended, 1)):
            for _ in range(claims):
                assert await tx.generations.claim(attempt.id, "bot", now, now + timedelta(seconds=1))
                now += timedelta(seconds=2)
        assert await tx.generations.finish(ended.id, 1, GenerationState.FAILED, now=now)
    calls = [await a_call(store, attempt, 1) for attempt in (running, taken_over, ended)]
    await SqlLedger(store).start(Errand(CallContext("probe"), "openai", "gpt-4.1"))  # of no attempt
    async with store.reading() as tx:
        begun = next(attempt.created_at for attempt in await tx.generations.attempts(running.brief_id))
    assert begun is not None
    just_now, soon = begun, begun + LONGEST_SETTLING + timedelta(seconds=30)
    assert await ledger.forgotten(just_now) == []
    assert [call.id for call in await ledger.forgotten(soon)] == calls[1:]
    assert len(await ledger.forgotten(soon + LONGEST_CALL)) == 4


async def test_an_owner_that_is_dead_is_forsaken(store: Store) -> None:
    mine, its, expired, queued = [await an_attempt(store) for _ in range(4)]
    until = NOW + timedelta(seconds=10)
    async with store.transaction() as tx:
        await tx.generations.claim(mine.id, "living", until, NOW)
        await tx.generations.claim(its.id, "dead", until, NOW)
        await tx.generations.claim(expired.id, "long gone", NOW - timedelta(seconds=1), NOW)
    async with store.reading() as tx:
        assert list(await tx.generations.owners(NOW)) == ["dead", "living"]
        assert await tx.generations.claimable(NOW) == [expired.id, queued.id]
    async with store.transaction() as tx:
        assert await tx.generations.forsake("dead") == 1
        assert await tx.generations.claimable(NOW) == [its.id, expired.id, queued.id]
        heir = await tx.generations.claim(its.id, "living", until, NOW)
        assert heir is not None
        assert heir.lease_token == 2


async def test_a_complete_text_knows_what_it_cost(store: Store) -> None:
    attempt = await an_attempt(store)
    async with store.transaction() as tx:
        claimed = await tx.generations.claim(attempt.id, "bot", NOW, NOW)
        assert claimed is not None
        assert await tx.generations.save_text(attempt.id, 1, "half", complete=False)
        assert (await tx.generations.get(attempt.id)) == replace(claimed, text="half")
        assert await tx.generations.save_text(attempt.id, 1, "whole", complete=True, usage=Usage(1, 0, 2))
        assert (await tx.generations.get(attempt.id)) == replace(
            claimed, text="whole", text_complete=True, usage=Usage(1, 0, 2)
        )
