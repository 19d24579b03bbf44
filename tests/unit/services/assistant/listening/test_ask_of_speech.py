"""A command about speech that may have been heard before."""

from dataclasses import replace

import pytest

from services.assistant.listening.ask_of_speech import Asked, AskOfSpeech, Outcome
from services.assistant.listening.keep_transcript import KeepTranscript
from services.assistant.listening.retry_recording import RetryRecording
from services.assistant.listening.take_recording import ListeningRules, TakeRecording
from services.assistant.start_generation import StartGeneration
from services.domain.brief import Brief, Task
from services.domain.chat import ChatAddress
from services.domain.errors import TranscriptionNotConfigured
from services.domain.recording import RecordingState, SpokenRequest
from tests.fakes.listening_runner import RecordingListeners
from tests.unit.services.assistant.conftest import Team
from tests.unit.services.assistant.listening.test_peoples_steps import TEXT, Desk

S = RecordingState
IDEA = SpokenRequest(task=Task.IDEA)
TEXT_ONLY = SpokenRequest(text_only=True)
ABOUT = "Придумай идеи по этому сообщению."


@pytest.fixture
def desk(team: Team) -> Desk:
    return Desk(team, RecordingListeners())


async def ask(desk: Desk, request: SpokenRequest, *, is_configured: bool = True) -> Asked:
    team, listeners = desk.team, desk.listeners
    use_case = AskOfSpeech(
        team.store,
        TakeRecording(team.store, listeners, ListeningRules(is_configured, 180)),
        KeepTranscript(team.store, listeners),
        RetryRecording(team.store, listeners, team.clock),
        StartGeneration(team.store, team.runner),
    )
    command = ChatAddress(team.chat.id, None, 50)
    return await use_case(team.writer, team.chat, command, desk.new(request=request), ABOUT)


async def brief_of(desk: Desk) -> Brief:
    async with desk.team.store.reading() as tx:
        generation = await tx.generations.get(desk.team.runner.woken[-1])
        brief = await tx.briefs.get(generation.brief_id) if generation else None
    assert brief is not None
    return brief


async def test_what_nobody_heard_yet_is_listened_to_once(desk: Desk) -> None:
    first, again = await ask(desk, IDEA), await ask(desk, IDEA)
    assert first.outcome is again.outcome is Outcome.LISTENING
    assert first.recording.id == again.recording.id
    assert first.recording.request == IDEA


async def test_where_nobody_listens_that_is_told(desk: Desk) -> None:
    with pytest.raises(TranscriptionNotConfigured):
        await ask(desk, IDEA, is_configured=False)


async def test_a_known_text_is_a_brief_at_once_and_starts_nothing_else(desk: Desk) -> None:
    heard = await desk.hears()
    asked = await ask(desk, IDEA)
    assert asked.outcome is Outcome.STARTED
    brief = await brief_of(desk)
    assert (brief.text, brief.material, brief.address.message_id) == (TEXT, None, 50)
    assert (await desk.now(heard)).state is S.DONE, "what waited for a tap would begin a second time"
    assert (await ask(desk, IDEA)).outcome is Outcome.STARTED
    assert len(set(desk.team.runner.woken)) == 1, "the same command twice"


@pytest.mark.parametrize(("words", "brief_text"), [("", ABOUT), ("три строки об этом", "три строки об этом")])
async def test_somebody_elses_known_text_is_material(desk: Desk, words: str, brief_text: str) -> None:
    await desk.hears()
    await ask(desk, replace(IDEA, is_own=False, words=words))
    brief = await brief_of(desk)
    assert (brief.text, brief.material) == (brief_text, TEXT)


async def test_a_known_text_is_told_again(desk: Desk) -> None:
    heard = await desk.hears()
    asked = await ask(desk, TEXT_ONLY)
    assert (asked.outcome, asked.recording.text) == (Outcome.TEXT, TEXT)
    assert (await desk.now(heard)).state is S.DONE
    assert desk.team.runner.woken == []


async def test_what_is_being_listened_to_needs_patience(desk: Desk) -> None:
    await desk.takes()
    assert (await ask(desk, TEXT_ONLY)).outcome is Outcome.AT_WORK


async def test_what_failed_is_tried_again(desk: Desk) -> None:
    failed = await desk.fails(await desk.takes(), "transcription_unavailable")
    assert (await ask(desk, IDEA)).outcome is Outcome.LISTENING
    assert (await desk.now(failed)).state is S.RECEIVED


@pytest.mark.parametrize(("state", "outcome"), [(S.SILENT, Outcome.SILENT), (S.CANCELLED, Outcome.CANCELLED)])
async def test_what_has_no_text_and_will_get_none_is_told(desk: Desk, state: RecordingState, outcome: Outcome) -> None:
    fetched = await desk.moves(await desk.takes(), S.FETCHED)
    await desk.moves(fetched, state)
    assert (await ask(desk, IDEA)).outcome is outcome
