"""What people do with a recording: take, confirm, correct, cancel, try again."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.assistant.listening.cancel_in_chat import CancelInChat
from services.assistant.listening.cancel_recording import CancelRecording
from services.assistant.listening.confirm_recording import ConfirmRecording
from services.assistant.listening.correct_transcript import CorrectTranscript
from services.assistant.listening.hold_recording import HoldRecording
from services.assistant.listening.keep_transcript import KeepTranscript
from services.assistant.listening.retry_recording import RetryRecording
from services.assistant.listening.take_recording import ListeningRules, TakeRecording
from services.domain.chat import ChatAddress
from services.domain.errors import BriefTooLong, EmptyBrief, NotAllowed, StaleAction, TranscriptionNotConfigured
from services.domain.language import Language
from services.domain.recording import Intent, NewRecording, Recording, RecordingKind, RecordingState, SpokenAction
from tests.fakes.listening_runner import RecordingListeners
from tests.unit.services.assistant.conftest import Team

S = RecordingState
TEXT = "Сделай пять слоганов для летнего чая."
IDEA = Intent(SpokenAction.IDEA, TEXT)


@dataclass
class Desk:
    team: Team
    listeners: RecordingListeners

    def new(self, message_id: int = 10, **changes: Any) -> NewRecording:
        given = {
            "address": ChatAddress(self.team.chat.id, None, message_id),
            "kind": RecordingKind.VOICE,
            "language": Language.RUSSIAN,
            "file_id": "voice",
            "duration_ms": 6_000,
            **changes,
        }
        return NewRecording(self.team.writer.id, self.team.project.id, **given)

    async def takes(self, new: NewRecording | None = None, *, is_configured: bool = True) -> Recording:
        rules = ListeningRules(is_configured, note_seconds=180)
        return await TakeRecording(self.team.store, self.listeners, rules)(self.team.writer, new or self.new())

    async def hears(self, *, intent: Intent | None = IDEA, message_id: int = 10) -> Recording:
        """Taken and brought to where a person decides."""
        taken = await self.takes(self.new(message_id))
        start_at = self.team.clock.now() + timedelta(seconds=5)
        for state in (S.FETCHED, S.PREPARED, S.TRANSCRIBED):
            await self.moves(taken, state, text=TEXT)
        return await self.moves(taken, S.WAITING, intent=intent, start_at=start_at)

    async def fails(self, recording: Recording, code: str, **changes: Any) -> Recording:
        return await self.moves(recording, S.FAILED, error_code=code, failed_in=recording.state, **changes)

    async def moves(self, recording: Recording, to: RecordingState, **changes: Any) -> Recording:
        async with self.team.store.transaction() as tx:
            moved = await tx.recordings.advance(recording.id, to, **changes)
        assert moved is not None
        return moved

    async def now(self, recording: Recording) -> Recording:
        async with self.team.store.reading() as tx:
            found = await tx.recordings.get(recording.id)
        assert found is not None
        return found

    @property
    def confirm(self) -> ConfirmRecording:
        return ConfirmRecording(self.team.store, self.listeners, self.team.clock)

    @property
    def cancel(self) -> CancelRecording:
        return CancelRecording(self.team.store, self.listeners)

    @property
    def correct(self) -> CorrectTranscript:
        return CorrectTranscript(self.team.store, self.listeners)

    @property
    def retry(self) -> RetryRecording:
        return RetryRecording(self.team.store, self.listeners, self.team.clock)


@pytest.fixture
def desk(team: Team) -> Desk:
    return Desk(team, RecordingListeners())


async def test_speech_is_taken_once_and_whoever_listens_is_woken(desk: Desk) -> None:
    first, second = await desk.takes(), await desk.takes()
    assert first.id == second.id
    assert (first.state, first.member_id, first.is_long) == (S.RECEIVED, desk.team.writer.id, False)
    assert desk.listeners.woken == [first.id, first.id], "the first hint may have died with its process"


@pytest.mark.parametrize(("duration_ms", "is_long"), [(180_000, False), (181_000, True), (None, False)])
async def test_what_lasts_longer_is_a_meeting(desk: Desk, duration_ms: int | None, is_long: bool) -> None:
    assert (await desk.takes(desk.new(duration_ms=duration_ms))).is_long is is_long


async def test_where_nobody_listens_nothing_is_kept(desk: Desk) -> None:
    with pytest.raises(TranscriptionNotConfigured):
        await desk.takes(is_configured=False)
    async with desk.team.store.reading() as tx:
        assert await tx.recordings.carried_by(desk.team.chat.id, 10) is None


async def test_start_now_is_due_at_once(desk: Desk) -> None:
    heard = await desk.hears()
    confirmed = await desk.confirm(desk.team.writer, heard.id, heard.version)
    assert confirmed.start_at == desk.team.clock.now()
    assert confirmed.intent == IDEA
    assert desk.listeners.woken[-1] == heard.id


async def test_an_uncertain_wish_is_certain_once_a_person_says_so(desk: Desk) -> None:
    unsure = Intent(SpokenAction.REFINE, "короче", generation_id=5, version=2, is_certain=False)
    heard = await desk.hears(intent=unsure)
    confirmed = await desk.confirm(desk.team.writer, heard.id, heard.version)
    assert confirmed.intent == Intent(SpokenAction.REFINE, "короче", generation_id=5, version=2)


async def test_a_choice_takes_the_place_of_the_guess(desk: Desk) -> None:
    heard = await desk.hears(intent=Intent(SpokenAction.CHOOSE))
    with pytest.raises(StaleAction):
        await desk.confirm(desk.team.writer, heard.id, heard.version)
    confirmed = await desk.confirm(desk.team.writer, heard.id, heard.version, SpokenAction.ASK)
    assert confirmed.intent == Intent(SpokenAction.ASK, TEXT)


async def test_of_two_people_who_press_one_starts(desk: Desk) -> None:
    heard = await desk.hears()
    pressed = [desk.confirm(person, heard.id, heard.version) for person in (desk.team.writer, desk.team.approver)]
    results = await asyncio.gather(*pressed, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Recording", "StaleAction"]


async def test_others_decide_only_if_they_may_approve(desk: Desk) -> None:
    heard = await desk.hears()
    async with desk.team.store.transaction() as tx:
        other = await tx.members.add(9, "Ира", None, role=desk.team.writer.role, status=desk.team.writer.status)
    with pytest.raises(NotAllowed):
        await desk.confirm(other, heard.id, heard.version)
    with pytest.raises(NotAllowed):
        await desk.cancel(other, heard.id)
    with pytest.raises(StaleAction) as refusal:
        await desk.cancel(other, 999)
    assert refusal.value.facts == {"state": "recording_unknown"}
    assert (await desk.cancel(desk.team.approver, heard.id)).state is S.CANCELLED


async def test_to_correct_holds_the_start_and_the_words_are_understood_anew(desk: Desk) -> None:
    heard = await desk.hears(intent=Intent(SpokenAction.APPROVE, generation_id=5))
    held = await HoldRecording(desk.team.store, desk.listeners)(desk.team.writer, heard.id, heard.version)
    assert (held.state, held.start_at, held.version) == (S.WAITING, None, heard.version + 1)
    corrected = await desk.correct(desk.team.writer, held.id, held.version, "  шесть слоганов \n")
    assert (corrected.state, corrected.text, corrected.is_corrected) == (S.TRANSCRIBED, "шесть слоганов", True)
    assert corrected.intent is None, "what was misheard as an approval approves nothing"
    with pytest.raises(StaleAction):
        await desk.correct(desk.team.writer, held.id, held.version, "семь")


async def test_a_correction_has_words_and_an_end(desk: Desk) -> None:
    heard = await desk.hears()
    with pytest.raises(EmptyBrief):
        await desk.correct(desk.team.writer, heard.id, heard.version, " … ")
    with pytest.raises(BriefTooLong):
        await desk.correct(desk.team.writer, heard.id, heard.version, "я" * 10_000)
    assert await desk.now(heard) == heard


async def test_the_text_alone_starts_nothing(desk: Desk) -> None:
    heard = await desk.hears()
    kept = await KeepTranscript(desk.team.store, desk.listeners)(desk.team.writer, heard.id, heard.version)
    assert (kept.state, kept.intent, kept.text, kept.start_at) == (S.DONE, None, TEXT, None)


async def test_cancel_ends_work_wherever_it_runs_and_is_said_once(desk: Desk) -> None:
    taken = await desk.takes()
    cancelled = await desk.cancel(desk.team.writer, taken.id)
    assert cancelled.state is S.CANCELLED
    assert desk.listeners.stopped == [taken.id]
    with pytest.raises(StaleAction) as refusal:
        await desk.cancel(desk.team.writer, taken.id)
    assert refusal.value.facts == {"state": "recording_cancelled"}


async def test_cancel_in_a_chat_means_everything_of_ones_own_there(desk: Desk) -> None:
    here = CancelInChat(desk.team.store, desk.listeners)
    place = ChatAddress(desk.team.chat.id, None, 99)
    assert await here(desk.team.writer, place) is None
    first, second = await desk.takes(), await desk.hears(message_id=11)
    elsewhere = await desk.takes(desk.new(address=ChatAddress(desk.team.group.id, None, 5)))
    newest = await here(desk.team.writer, place)
    assert newest is not None
    assert newest.id == second.id
    assert desk.listeners.stopped == [first.id, second.id]
    assert (await desk.now(elsewhere)).state is S.RECEIVED
    assert await here(desk.team.approver, ChatAddress(desk.team.group.id)) is None


@pytest.mark.parametrize(
    ("failed_in", "file_key", "goes_on_in"),
    [
        (S.RECEIVED, None, S.RECEIVED),
        (S.FETCHED, "recordings/1/source.ogg", S.FETCHED),
        (S.PREPARED, "recordings/1/source.ogg", S.PREPARED),
        (S.PREPARED, None, S.RECEIVED),
        (S.TRANSCRIBED, None, S.TRANSCRIBED),
    ],
)
async def test_a_retry_goes_on_where_it_failed(
    desk: Desk, failed_in: RecordingState, file_key: str | None, goes_on_in: RecordingState
) -> None:
    made = await desk.takes()
    order = (S.RECEIVED, S.FETCHED, S.PREPARED, S.TRANSCRIBED)
    for state in order[1 : order.index(failed_in) + 1]:
        made = await desk.moves(made, state, file_key=file_key)
    failed = await desk.fails(made, "transcription_unavailable")
    again = await desk.retry(desk.team.writer, failed.id, failed.version)
    assert (again.state, again.error_code, again.failed_in) == (goes_on_in, None, None)
    with pytest.raises(StaleAction):
        await desk.retry(desk.team.writer, failed.id, failed.version)


async def test_what_failed_while_it_began_begins_at_once(desk: Desk) -> None:
    failed = await desk.fails(await desk.hears(), "store_unavailable")
    again = await desk.retry(desk.team.writer, failed.id, failed.version)
    assert (again.state, again.start_at, again.intent) == (S.WAITING, desk.team.clock.now(), IDEA)


@pytest.mark.parametrize("code", ["audio_unreadable", "audio_too_large", "audio_unsupported", "stale", "not_allowed"])
async def test_what_would_fail_again_is_not_tried_again(desk: Desk, code: str) -> None:
    failed = await desk.fails(await desk.takes(), code)
    with pytest.raises(StaleAction):
        await desk.retry(desk.team.writer, failed.id, failed.version)
