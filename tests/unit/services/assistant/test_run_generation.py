"""One attempt from its lease to the screen, and what happens when it is not alone."""

import asyncio
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from services.assistant.stages.claim import LEASE, Lease
from services.assistant.stop_generation import StopGeneration
from services.domain.errors import ModelRefused, ModelUnavailable, StoreUnavailable
from services.domain.generation import Generation, GenerationState
from services.domain.prompt import ModelRole
from services.domain.routing import RouteReason, Routing, routing_of
from services.domain.usage import Usage
from services.store.ports import Store, Transaction
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer, cut, failing
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import IDEAS_JSON, Workshop, open_workshop, until


async def run(team: Team, *answers: Answer | str) -> tuple[Generation, Workshop]:
    model = ScriptedChatModel()
    model.will_answer(*answers)
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await workshop.finished()
    return await team.reload(generation), workshop


async def test_a_brief_ends_in_review_with_its_passport(team: Team) -> None:
    generation, workshop = await run(team, IDEAS_JSON)
    assert generation.state is GenerationState.IN_REVIEW
    assert generation.draft is not None
    assert [idea.title for idea in generation.draft.ideas] == ["Тихая полка", "Ровно в девять"]
    assert generation.model == "fast"
    assert routing_of(generation.parameters) == Routing(ModelRole.FAST, RouteReason.PLAIN)
    assert generation.prompt is not None
    assert (generation.prompt.name, len(generation.prompt.content_hash)) == ("idea", 64)
    assert generation.usage == Usage(100, 0, 20)
    (card,) = workshop.presenter.screen_of(generation.id).cards
    assert card.attempts == (generation.id,)
    assert not card.may_decide, "the writer may not approve"


async def test_the_conversation_is_kept_as_turns(team: Team) -> None:
    await run(team, IDEAS_JSON)
    async with team.store.reading() as tx:
        turns = await tx.turns.recent(team.chat.id, None)
    assert [(turn.role, turn.content[:10]) for turn in turns] == [("user", "слоган к о"), ("assistant", "1. Тихая п")]


async def test_a_cut_stream_is_begun_anew_and_both_calls_are_in_the_ledger(team: Team) -> None:
    generation, _ = await run(team, cut(IDEAS_JSON[:60]), answer(IDEAS_JSON))
    assert generation.state is GenerationState.IN_REVIEW
    assert generation.text == IDEAS_JSON
    async with team.store.reading() as tx:
        totals = await tx.calls.totals()
    assert totals.calls == 2


async def test_a_broken_answer_is_repaired_once(team: Team) -> None:
    generation, workshop = await run(team, '{"ideas": []}', IDEAS_JSON)
    assert generation.draft is not None
    assert len(generation.draft.ideas) == 2
    assert generation.usage == Usage(200, 0, 40), "the repair is paid for too"
    assert '{"ideas": []}' in str(workshop.model.requests[1].messages)


async def test_an_answer_beyond_repair_is_shown_raw(team: Team) -> None:
    generation, _ = await run(team, "Просто текст.", "И снова текст.")
    assert generation.state is GenerationState.IN_REVIEW
    assert generation.draft is not None
    assert generation.draft.raw_text == "Просто текст."


@pytest.mark.parametrize(
    ("error", "code"), [(ModelRefused("key"), "model_refused"), (ModelUnavailable("503"), "model_unavailable")]
)
async def test_a_model_that_fails_leaves_a_failure_that_can_be_retried(
    team: Team, error: ModelUnavailable | ModelRefused, code: str
) -> None:
    model = ScriptedChatModel([failing(error)], repeat_last=True)
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await workshop.finished()
    failed = await team.reload(generation)
    assert (failed.state, failed.error_code) == (GenerationState.FAILED, code)
    (shown,) = workshop.presenter.screen_of(generation.id).failures
    assert (shown.code, shown.retryable) == (code, True)


async def test_waking_twice_runs_once(team: Team) -> None:
    model = ScriptedChatModel([answer(IDEAS_JSON)])
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    workshop.runner.wake(generation.id)
    await workshop.finished()
    assert len(model.requests) == 1


async def test_two_processes_run_it_once(team: Team) -> None:
    model = ScriptedChatModel([answer(IDEAS_JSON)])
    here, there = open_workshop(team, model, owner="here"), open_workshop(team, model, owner="there")
    generation = await team.asks()
    here.runner.wake(generation.id)
    there.runner.wake(generation.id)
    await asyncio.gather(here.finished(), there.finished())
    assert len(model.requests) == 1
    assert len(here.presenter.screens) + len(there.presenter.screens) == 1


async def test_a_stop_closes_the_stream_and_keeps_what_was_written(team: Team) -> None:
    held = asyncio.Event()
    model = ScriptedChatModel([Answer([IDEAS_JSON[:70], held])])
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await until(lambda: bool(workshop.presenter.screens and workshop.presenter.screens[0].previews))
    screen = workshop.presenter.screens[0]
    assert screen.placeholder is not None
    await StopGeneration(team.store, workshop.runner)(team.writer, generation.id, screen.placeholder)
    await workshop.finished()
    assert model.open_streams == 0
    (shown,) = screen.failures
    assert shown.code == "stopped"
    assert (await team.reload(generation)).state is GenerationState.STOPPED


async def test_a_stopped_attempt_that_never_ran_is_shown_as_stopped(team: Team) -> None:
    model = ScriptedChatModel()
    workshop = open_workshop(team, model)
    generation = await team.asks()
    async with team.store.reading() as tx:
        brief = await tx.briefs.get(generation.brief_id)
    assert brief is not None
    await StopGeneration(team.store, workshop.runner)(team.writer, generation.id, brief.address)
    await workshop.finished()
    assert workshop.presenter.screen_of(generation.id).failures[0].code == "stopped"
    assert model.requests == []


async def test_an_attempt_whose_owner_died_is_adopted_after_its_lease(team: Team) -> None:
    generation = await team.asks()
    now = team.clock.now()
    async with team.store.transaction() as tx:
        assert await tx.generations.claim(generation.id, "dead", now + LEASE, now)
    model = ScriptedChatModel([answer(IDEAS_JSON)])
    workshop = open_workshop(team, model)
    await workshop.runner.sweep()
    assert model.requests == [], "the lease still holds"
    team.clock.advance(seconds=LEASE.total_seconds() + 1)
    await workshop.runner.sweep()
    await workshop.finished()
    assert (await team.reload(generation)).state is GenerationState.IN_REVIEW


async def test_a_text_whose_stream_had_ended_is_delivered_and_not_bought_again(team: Team) -> None:
    generation = await team.asks()
    now = team.clock.now()
    async with team.store.transaction() as tx:
        claimed = await tx.generations.claim(generation.id, "dead", now + LEASE, now)
        assert claimed is not None
        await tx.generations.save_text(claimed.id, claimed.lease_token, IDEAS_JSON, complete=True)
    team.clock.advance(seconds=LEASE.total_seconds() + 1)
    model = ScriptedChatModel()
    workshop = open_workshop(team, model)
    await workshop.runner.sweep()
    await workshop.finished()
    assert model.requests == []
    done = await team.reload(generation)
    assert done.draft is not None
    assert len(done.draft.ideas) == 2


async def test_a_final_that_nobody_confirmed_is_shown_again(team: Team) -> None:
    generation = await team.has_draft()
    workshop = open_workshop(team, ScriptedChatModel())
    await workshop.runner.sweep()
    assert workshop.presenter.screens == [], "its process may still be delivering"
    team.clock.advance(minutes=5)
    await workshop.runner.sweep()
    await until(lambda: not len(workshop.nursery))
    (screen,) = workshop.presenter.screens
    assert screen.placeholder == generation.placeholder
    assert len(screen.cards) == 1
    await workshop.runner.sweep()
    await until(lambda: not len(workshop.nursery))
    assert len(workshop.presenter.screens) == 1, "once it is shown, it stays shown"


async def test_an_owner_that_lost_its_lease_writes_nothing(team: Team) -> None:
    held = asyncio.Event()
    slow = ScriptedChatModel([Answer([IDEAS_JSON[:40], held, IDEAS_JSON[40:]])])
    first = open_workshop(team, slow, owner="slow")
    generation = await team.asks()
    first.runner.wake(generation.id)
    await until(lambda: bool(slow.requests))
    team.clock.advance(seconds=LEASE.total_seconds() + 1)
    second = open_workshop(team, ScriptedChatModel([answer(IDEAS_JSON.replace("Тихая", "Новая"))]), owner="quick")
    await second.runner.sweep()
    await second.finished()
    held.set()
    await first.finished()
    done = await team.reload(generation)
    assert done.draft is not None
    assert done.draft.ideas[0].title == "Новая полка"
    assert first.presenter.screen_of(generation.id).cards == []
    assert len(second.presenter.screen_of(generation.id).cards) == 1


async def test_shutdown_hands_a_running_attempt_back(team: Team) -> None:
    held = asyncio.Event()
    model = ScriptedChatModel([Answer([IDEAS_JSON[:40], held])])
    workshop = open_workshop(team, model)
    generation = await team.asks()
    workshop.runner.wake(generation.id)
    await until(lambda: bool(model.requests))
    await workshop.nursery.drain(0.05)
    handed_back = await team.reload(generation)
    assert handed_back.state is GenerationState.QUEUED
    async with team.store.reading() as tx:
        assert generation.id in await tx.generations.claimable(team.clock.now() + timedelta(seconds=1))


class StoreWithOutages:
    """The real store, whose next transactions fail as often as it is told."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.failures = 0
        self.failed = 0

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        if self.failures:
            self.failures -= 1
            self.failed += 1
            raise StoreUnavailable("the disk is busy")
        return self._store.transaction()

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        return self._store.reading()

    async def ping(self) -> None:
        await self._store.ping()


async def test_a_renewal_that_fails_once_does_not_cost_the_attempt(team: Team) -> None:
    store = StoreWithOutages(team.store)
    lease = Lease(store, team.clock, "here")
    generation = await team.asks()
    run = await lease.take(generation.id)
    assert run is not None
    nudge = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        keeper = group.create_task(lease.keep(run, nudge))
        store.failures = 1
        nudge.set()
        await until(lambda: store.failed == 1)
        team.clock.advance(seconds=LEASE.total_seconds() - 1)
        nudge.set()
        renewed_until = team.clock.now() + LEASE
        await until(lambda: not nudge.is_set())
        async with asyncio.timeout(20):
            is_renewed = False
            while not is_renewed:
                is_renewed = (await team.reload(generation)).lease_until == renewed_until
        keeper.cancel()
