"""What can be made of a long recording later: its minutes, and ideas."""

from dataclasses import replace

import pytest

from services.assistant.listening.draw_ideas import DrawIdeas
from services.assistant.listening.make_minutes import MakeMinutes
from services.assistant.start_generation import StartGeneration
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed, StaleAction
from services.domain.minutes import Minutes, Point
from services.domain.recording import Recording, RecordingState
from services.queue.ports import JobName
from tests.fakes.chat_model import ScriptedChatModel, answer
from tests.fakes.listening_runner import RecordingListeners
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.listening.long_talk import MINUTES, minute_taker, reload, said, transcribed

HEARD = Minutes("Осень", "Выбрали магнит.", (Point("Магнит к октябрю.", 750_000),), (), (Point("Лифт."),))


async def without_minutes(team: Team, state: RecordingState = RecordingState.DONE) -> Recording:
    recording = await transcribed(team)
    failed_in = RecordingState.TRANSCRIBED if state is RecordingState.FAILED else None
    async with team.store.transaction() as tx:
        over = await tx.recordings.advance(recording.id, state, error_code="model_unavailable", failed_in=failed_in)
    assert over is not None
    return over


@pytest.mark.parametrize("state", [RecordingState.DONE, RecordingState.FAILED])
async def test_minutes_are_made_later(team: Team, state: RecordingState) -> None:
    over, listeners = await without_minutes(team, state), RecordingListeners()
    again = await MakeMinutes(team.store, team.jobs, listeners)(team.writer, over.id, over.version)
    assert (again.state, again.error_code, again.failed_in) == (RecordingState.TRANSCRIBED, None, None)
    assert listeners.woken == [over.id]
    assert (JobName.TRANSCRIBE_RECORDING, {"recording_id": over.id}) in team.jobs.enqueued
    await minute_taker(team, ScriptedChatModel([answer(said(MINUTES))]))(again)
    done = await reload(team, over)
    assert done.state is RecordingState.DONE
    assert done.minutes is not None
    with pytest.raises(StaleAction):  # they are there now
        await MakeMinutes(team.store, team.jobs, listeners)(team.writer, over.id, done.version)


async def test_two_presses_start_it_once_and_strangers_start_nothing(team: Team) -> None:
    over = await without_minutes(team)
    make = MakeMinutes(team.store, team.jobs, RecordingListeners())
    with pytest.raises(NotAllowed):
        await make(replace(team.writer, id=team.writer.id + 100), over.id, over.version)
    await make(team.approver, over.id, over.version)
    with pytest.raises(StaleAction):
        await make(team.writer, over.id, over.version)


async def test_what_broke_off_before_is_not_summed_up(team: Team) -> None:
    recording = await transcribed(team)
    async with team.store.transaction() as tx:
        failed = await tx.recordings.advance(
            recording.id, RecordingState.FAILED, failed_in=RecordingState.PREPARED, error_code="files_unavailable"
        )
    assert failed is not None
    with pytest.raises(StaleAction):
        await MakeMinutes(team.store, team.jobs, RecordingListeners())(team.writer, failed.id, failed.version)


async def test_ideas_stand_on_the_minutes_and_are_asked_for_once(team: Team) -> None:
    recording = await transcribed(team)
    async with team.store.transaction() as tx:
        done = await tx.recordings.advance(recording.id, RecordingState.DONE, minutes=HEARD)
    assert done is not None
    draw = DrawIdeas(team.store, StartGeneration(team.store, team.runner))
    here = ChatAddress(team.chat.id, None, 900)
    first = await draw(team.approver, done.id, here, "Придумай идеи по записи")
    assert await draw(team.writer, done.id, here, "Придумай идеи по записи") == first
    async with team.store.reading() as tx:
        brief = await tx.briefs.get(first.brief_id)
    assert brief is not None
    assert brief.address == recording.address
    assert brief.material == ("Осень\n\nВыбрали магнит.\n\nРешения:\n- Магнит к октябрю. [12:30]\n\nИдеи:\n- Лифт.")
    elsewhere = ChatAddress(team.group.id, None, 900)
    with pytest.raises(StaleAction):
        await draw(team.writer, done.id, elsewhere, "Придумай идеи по записи")
    with pytest.raises(StaleAction):
        await draw(team.writer, (await transcribed(team, message_id=77)).id, here, "Придумай идеи по записи")
