"""Owners of an attempt: frozen, dead, without their database, or on their way out."""

import asyncio
from contextlib import AbstractAsyncContextManager

import pytest

from services.assistant.stages import patience
from services.assistant.stages.claim import LEASE, Lease
from services.assistant.stages.run import LeaseLost, Run
from services.assistant.stages.settle import Settle
from services.domain.errand import Errand
from services.domain.errors import ModelRefused, StoreUnavailable
from services.domain.generation import Generation, GenerationState
from services.domain.usage import CallContext, Usage
from services.store.ports import Store, Transaction
from services.store.sql_ledger import SqlLedger
from tests.durability.database import Row
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import IDEAS_JSON, open_workshop, until

S = GenerationState


class Outages:
    """The real store, whose transactions fail while it is away, or as soon as one writes what it is told."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_away = False
        self.refused = 0

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        if self.is_away:
            self.refused += 1
            raise StoreUnavailable("the disk is busy")
        return self._store.transaction()

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        return self._store.reading()

    async def ping(self) -> None:
        await self._store.ping()


async def taken(lease: Lease, generation: Generation) -> Run:
    run = await lease.take(generation.id)
    assert run is not None
    return run


async def claimed_by_the_dead(team: Team, text: str = "", *, complete: bool = False) -> tuple[Generation, int]:
    """An attempt, half written, with a call under way; and the id of the call."""
    generation = await team.asks()
    now = team.clock.now()
    async with team.store.transaction() as tx:
        claimed = await tx.generations.claim(generation.id, "dead", now + LEASE, now)
        assert claimed is not None
        usage = Usage(50, 0, 60) if complete else None
        await tx.generations.save_text(generation.id, 1, text, complete=complete, usage=usage)
    context = CallContext("idea", generation_id=generation.id, member_id=team.writer.id, lease_token=1)
    return claimed, await SqlLedger(team.store).start(Errand(context, "openai", "smart", tokens_in=30))


async def test_a_frozen_run_does_not_hold_its_lease_before_it_has_renewed(team: Team) -> None:
    moment = 100.0
    lease = Lease(team.store, team.clock, "here", monotonic=lambda: moment)
    run = await taken(lease, await team.asks())
    moment += LEASE.total_seconds() - 0.1
    assert run.holds_lease()
    moment += 0.2
    assert not run.holds_lease()
    async with lease.writing(run) as tx:
        await tx.generations.save_text(run.id, run.token, "on", complete=False)
    assert run.holds_lease()


async def test_a_block_that_fails_has_renewed_nothing(team: Team) -> None:
    moment = 100.0
    lease = Lease(team.store, team.clock, "here", monotonic=lambda: moment)
    run = await taken(lease, await team.asks())
    moment += LEASE.total_seconds() + 1
    with pytest.raises(ZeroDivisionError):
        async with lease.writing(run):
            _ = 1 / 0
    assert not run.holds_lease()


async def test_what_is_handed_back_late_is_not_taken_from_the_heir(team: Team) -> None:
    first, second = Lease(team.store, team.clock, "first"), Lease(team.store, team.clock, "second")
    run = await taken(first, await team.asks())
    team.clock.advance(seconds=LEASE.total_seconds() + 1)
    heir = await taken(second, run.generation)
    await first.give_back(run)
    kept = await team.reload(run.generation)
    assert (kept.state, kept.lease_owner, kept.lease_token) == (S.RUNNING, "second", heir.token)


async def test_a_renewal_that_comes_after_the_end_is_no_loss(team: Team) -> None:
    lease = Lease(team.store, team.clock, "here")
    run = await taken(lease, await team.asks())
    await Settle(team.store, team.clock).failed(run, ModelRefused())
    nudge = asyncio.Event()
    nudge.set()
    await lease.keep(run, nudge)  # returns instead of undoing what was settled


async def test_a_stop_is_a_loss(team: Team) -> None:
    lease = Lease(team.store, team.clock, "here")
    run = await taken(lease, await team.asks())
    async with team.store.transaction() as tx:
        await tx.generations.transition(run.id, expected_version=run.generation.version, to=S.STOPPED)
    nudge = asyncio.Event()
    nudge.set()
    with pytest.raises(LeaseLost):
        await lease.keep(run, nudge)


async def test_an_owner_that_is_known_to_be_dead_is_not_waited_for(team: Team) -> None:
    generation, _ = await claimed_by_the_dead(team)
    model = ScriptedChatModel([answer(IDEAS_JSON)])
    patient = open_workshop(team, model)
    await patient.runner.sweep()
    assert model.requests == []
    informed = open_workshop(team, model, dead={"dead"})
    await informed.runner.sweep()
    await informed.finished()
    assert (await team.reload(generation)).state is S.IN_REVIEW


async def ledger(team: Team) -> list[Row]:
    async with team.store.reading() as tx:
        totals = await tx.calls.totals()
        left = await tx.calls.forgotten(team.clock.now().replace(year=9000), team.clock.now().replace(year=9000))
    return [{"calls": totals.calls, "in": totals.tokens_in, "out": totals.tokens_out, "open": len(left)}]


async def test_what_the_dead_was_paying_for_is_lost_and_the_text_begins_anew(team: Team) -> None:
    generation, _ = await claimed_by_the_dead(team, "three half words")
    model = ScriptedChatModel([answer(IDEAS_JSON)])
    workshop = open_workshop(team, model, dead={"dead"})
    await workshop.runner.sweep()
    await workshop.finished()
    done = await team.reload(generation)
    assert done.text == IDEAS_JSON
    assert done.usage == Usage(100, 0, 20), "the person hears of the attempt that succeeded"
    assert await ledger(team) == [{"calls": 2, "in": 130, "out": 23, "open": 0}]


async def test_a_frozen_owner_that_comes_back_replaces_the_loss_with_what_it_knows(team: Team) -> None:
    held = asyncio.Event()
    slow = ScriptedChatModel([Answer([IDEAS_JSON[:40], held, IDEAS_JSON[40:]])])
    frozen = open_workshop(team, slow, owner="frozen")
    generation = await team.asks()
    frozen.runner.wake(generation.id)
    await until(lambda: bool(slow.requests))
    heir = open_workshop(team, ScriptedChatModel([answer(IDEAS_JSON)]), dead={"frozen"})
    await heir.runner.sweep()
    await heir.finished()
    lost = (await ledger(team))[0]
    held.set()
    await frozen.finished()
    now = (await ledger(team))[0]
    assert (lost["calls"], now["calls"]) == (2, 2)
    assert now["out"] == 40, "both answers, by the provider's count"
    assert (await team.reload(generation)).lease_token == 2


async def test_a_recalled_text_knows_what_it_cost(team: Team) -> None:
    generation, call = await claimed_by_the_dead(team, IDEAS_JSON, complete=True)
    workshop = open_workshop(team, ScriptedChatModel(), dead={"dead"})
    await workshop.runner.sweep()
    await workshop.finished()
    assert (await team.reload(generation)).usage == Usage(50, 0, 60)
    assert (await ledger(team))[0]["out"] == 0, f"call {call} was the lost repair of a text that is complete"


async def test_an_outage_at_the_end_of_a_paid_answer_does_not_cost_it(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PAUSE_SECONDS", 0.001)
    before_the_end = asyncio.Event()
    model = ScriptedChatModel([Answer([IDEAS_JSON, before_the_end])])
    outages = Outages(team.store)
    team.store = outages
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await until(lambda: bool(workshop.presenter.screens and workshop.presenter.screens[0].previews))
    outages.is_away = True
    before_the_end.set()
    await until(lambda: outages.refused >= 5)
    outages.is_away = False
    await workshop.finished()
    assert (await team.reload(generation)).state is S.IN_REVIEW
    assert len(model.requests) == 1


async def test_a_database_that_stays_away_leaves_the_attempt_to_a_later_run(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "PATIENCE_SECONDS", 0.0)
    before_the_end = asyncio.Event()
    model = ScriptedChatModel([Answer([IDEAS_JSON, before_the_end]), answer(IDEAS_JSON)])
    real, outages = team.store, Outages(team.store)
    team.store = outages
    workshop = open_workshop(team, model, owner="here")
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await until(lambda: bool(workshop.presenter.screens and workshop.presenter.screens[0].previews))
    outages.is_away = True
    before_the_end.set()
    await workshop.finished()
    team.store = real
    assert (await team.reload(generation)).state is S.RUNNING
    heir = open_workshop(team, model, owner="heir", dead={"here"})
    await heir.runner.sweep()
    await heir.finished()
    assert (await team.reload(generation)).state is S.IN_REVIEW
