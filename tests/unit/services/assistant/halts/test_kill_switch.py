"""/kill with two processes over one database: what is being written stops in both, and runs again when it is lifted."""

import asyncio

import pytest

from services.assistant.halts.halt_generation import HaltGeneration
from services.assistant.halts.lift_halt import LiftHalt
from services.assistant.halts.report_halts import ReportHalts
from services.assistant.halts.watch_halts import LOOK_EVERY_SECONDS, WatchHalts
from services.assistant.retry_generation import RetryGeneration
from services.calling.halt_watch import HaltWatch
from services.domain.chat import Chat
from services.domain.errors import GenerationHalted, NotAllowed, StaleAction
from services.domain.generation import Generation, GenerationState
from services.domain.project import BrandProfile
from tests.fakes.chat_model import Answer, ScriptedChatModel, answer
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.workshop import IDEAS_JSON, Workshop, open_workshop, until

HALF = '{"ideas": [{"title": "Тихая полка", "text": "С неё ничего'


class Process:
    """A runner with a watch of its own."""

    def __init__(self, team: Team, name: str) -> None:
        self.halts = HaltWatch()
        self.model = ScriptedChatModel([Answer([HALF, asyncio.Event()])])
        self.workshop: Workshop = open_workshop(team, self.model, owner=name, halts=self.halts)
        self.watch = WatchHalts(team.store, self.halts)

    async def writes(self, team: Team, message_id: int, chat: Chat | None = None) -> Generation:
        """Something that never ends by itself."""
        generation = await team.asks(message_id, chat=chat)
        self.workshop.runner.wake(generation.id)
        await until(lambda: any(screen.previews for screen in self.workshop.presenter.screens))
        return generation


async def test_streams_stop_in_every_process_and_what_was_written_is_kept(team: Team) -> None:
    here, there = Process(team, "here"), Process(team, "there")
    ours, theirs = await here.writes(team, 10), await there.writes(team, 20, team.group)
    report = await HaltGeneration(team.store, team.clock, here.watch)(team.admin, 0)
    assert report.everything
    await there.watch.look()
    for process, attempt in ((here, ours), (there, theirs)):
        await process.workshop.finished()
        halted = await team.reload(attempt)
        assert (halted.state, halted.error_code) == (GenerationState.FAILED, "generation_halted")
        assert halted.text == HALF
        (failure,) = process.workshop.presenter.screen_of(attempt.id).failures
        assert (failure.code, failure.retryable) == ("generation_halted", True)
        assert failure.partial is not None
        assert failure.partial.ideas[0].title == "Тихая полка"
        assert process.model.open_streams == 0, "the connection is closed: nothing more is billed"
    async with team.store.reading() as tx:
        totals = await tx.calls.totals()
    assert totals.calls == 2
    assert totals.tokens_out > 0, "what was written by then is counted"


async def test_nothing_runs_until_it_is_lifted_and_then_at_a_tap(team: Team) -> None:
    here = Process(team, "here")
    stopped = await here.writes(team, 10)
    await HaltGeneration(team.store, team.clock, here.watch)(team.admin, 0)
    await here.workshop.finished()
    again = Process(team, "again")
    again.model.script = [answer(IDEAS_JSON)]
    retry = RetryGeneration(team.store, again.workshop.runner)
    halted = await team.reload(stopped)
    assert halted.placeholder is not None
    with pytest.raises(GenerationHalted):
        await retry(team.writer, halted.id, halted.version, halted.placeholder)
    assert (await LiftHalt(team.store, again.watch)(team.admin, 0)).everything is False
    await retry(team.writer, halted.id, halted.version, halted.placeholder)
    await again.workshop.finished()
    assert (await team.reload(stopped)).state is GenerationState.IN_REVIEW


async def test_a_new_request_is_kept_as_one_that_can_be_run_later(team: Team) -> None:
    process = Process(team, "here")
    await HaltGeneration(team.store, team.clock, process.watch)(team.admin, team.project.id)
    generation = await team.asks()
    process.workshop.runner.wake(generation.id)
    await process.workshop.finished()
    halted = await team.reload(generation)
    assert (halted.state, halted.error_code) == (GenerationState.FAILED, "generation_halted")
    assert process.model.requests == []


async def test_one_project_is_halted_and_the_others_go_on(team: Team) -> None:
    async with team.store.transaction() as tx:
        other = await tx.projects.ensure("loud-hour", "Громкий час / Loud Hour", BrandProfile())
    process = Process(team, "here")
    running = await process.writes(team, 10)
    halt = HaltGeneration(team.store, team.clock, process.watch)
    report = await halt(team.admin, other.id)
    assert (report.everything, report.halted, report.going) == (False, (other,), (team.project,))
    assert process.model.open_streams == 1
    await halt(team.admin, team.project.id)
    await process.workshop.finished()
    assert (await team.reload(running)).error_code == "generation_halted"


async def test_only_admins_and_only_projects_that_exist(team: Team) -> None:
    watch = WatchHalts(team.store, HaltWatch())
    halt, lift = HaltGeneration(team.store, team.clock, watch), LiftHalt(team.store, watch)
    report = ReportHalts(team.store)
    for refused in (halt(team.approver, 0), lift(team.writer, 0), report(team.writer)):
        with pytest.raises(NotAllowed):
            await refused
    for unknown in (halt(team.admin, 99), lift(team.admin, 99), report(team.admin, "no-such")):
        with pytest.raises(StaleAction) as error:
            await unknown
        assert error.value.facts["state"] == "project_unknown"
    assert (await report(team.admin, "QUIET-hour")).meant == team.project
    assert (await report(team.admin, "quiet hour")).meant == team.project


async def test_every_order_is_in_the_audit_once(team: Team) -> None:
    watch = WatchHalts(team.store, HaltWatch())
    halt, lift = HaltGeneration(team.store, team.clock, watch), LiftHalt(team.store, watch)
    for order in (halt, halt, lift, lift):
        await order(team.admin, 0)
    async with team.store.reading() as tx:
        events = [(event, member) for _, event, member, _ in await tx.audit.recent()]
    assert sorted(events) == [("halt", team.admin.id), ("halt_lifted", team.admin.id)]


async def test_a_process_finds_out_by_itself_within_the_promise(team: Team) -> None:
    assert LOOK_EVERY_SECONDS <= 1
    process = Process(team, "there")
    running = await process.writes(team, 10)
    watching = WatchHalts(team.store, process.halts, every_seconds=0.01)
    async with asyncio.TaskGroup() as group:
        looking = group.create_task(watching())
        async with team.store.transaction() as tx:
            await tx.halts.halt(0, team.admin.id, team.clock.now())
        await until(lambda: process.model.open_streams == 0)
        looking.cancel()
    await process.workshop.finished()
    assert (await team.reload(running)).error_code == "generation_halted"
