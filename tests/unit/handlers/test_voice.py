"""What is speech, and when it is taken."""

from typing import Any

import pytest
from aiogram.methods import SendMessage
from aiogram.types import (
    Animation,
    Audio,
    Document,
    MessageEntity,
    MessageOriginHiddenUser,
    TextQuote,
    User,
    Video,
    VideoNote,
    Voice,
)

from handlers.listening import request_as_json, spoken_request
from services.assistant.listening.ask_of_speech import Asked, Outcome
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.errors import StaleAction, TranscriptionNotConfigured
from services.domain.question import Purpose
from services.domain.recording import NewRecording, RecordingKind, SpokenRequest
from tests.unit.handlers.conftest import Stage
from tests.unit.handlers.people import GROUP, WHEN
from tests.unit.handlers.recordings import BRIEF, recording, waiting

FILE: dict[str, Any] = {"file_id": "f", "file_unique_id": "u"}
VOICE = Voice(**FILE, duration=6, mime_type="audio/ogg", file_size=16_000)
SOUNDS: dict[str, tuple[dict[str, Any], RecordingKind]] = {
    "voice": ({"voice": VOICE}, RecordingKind.VOICE),
    "note": ({"video_note": VideoNote(**FILE, duration=6, length=240)}, RecordingKind.VIDEO_NOTE),
    "audio": ({"audio": Audio(**FILE, duration=6, file_name="talk.mp3")}, RecordingKind.AUDIO),
    "video": ({"video": Video(**FILE, duration=6, width=1, height=1)}, RecordingKind.VIDEO),
    "wav": ({"document": Document(**FILE, mime_type="audio/x-wav")}, RecordingKind.DOCUMENT),
    "mkv": ({"document": Document(**FILE, mime_type="Video/x-matroska")}, RecordingKind.DOCUMENT),
}
FORWARDED = MessageOriginHiddenUser(date=WHEN, sender_user_name="Клиент")
COLLEAGUE = User(id=777, is_bot=False, first_name="Лев")


def taken(stage: Stage) -> NewRecording:
    new: NewRecording = stage.use_cases["take_recording"].last["new"]
    return new


@pytest.mark.parametrize(("content", "kind"), SOUNDS.values(), ids=SOUNDS)
async def test_speech_in_private_is_taken(stage: Stage, content: dict[str, Any], kind: RecordingKind) -> None:
    await stage.says(None, **content)
    new = taken(stage)
    assert (new.kind, new.file_id, new.address) == (kind, "f", ChatAddress(501, None, 10))
    assert new.duration_ms == (None if kind is RecordingKind.DOCUMENT else 6_000)
    assert new.request == SpokenRequest()
    assert stage.telegram.calls == [], "the screen is drawn by who listens"


@pytest.mark.parametrize(
    "content",
    [
        {"document": Document(**FILE, mime_type="application/pdf")},
        {"document": Document(**FILE)},
        {
            "animation": Animation(**FILE, duration=2, width=1, height=1),
            "document": Document(**FILE, mime_type="video/mp4"),
        },
    ],
    ids=["pdf", "unknown", "animation"],
)
async def test_what_has_no_sound_is_not(stage: Stage, content: dict[str, Any]) -> None:
    await stage.says(None, **content)
    assert stage.use_cases["take_recording"].calls == []


async def test_nobody_listens_here_and_that_is_said(stage: Stage) -> None:
    stage.use_cases["take_recording"].answer = TranscriptionNotConfigured()
    await stage.says(None, voice=VOICE)
    assert stage.telegram.last(SendMessage).text == stage.text("error.transcription_not_configured")


async def test_in_groups_only_speech_meant_for_muza_is_taken(stage: Stage) -> None:
    stage.chat, stage.topic = GROUP, 5
    await stage.says(None, voice=VOICE)
    await stage.says(None, voice=VOICE, reply_to_message=stage.message("что?", message_id=2))
    assert stage.use_cases["take_recording"].calls == []
    await stage.says(None, voice=VOICE, reply_to_message=stage.muza_said("Готово", message_id=900))
    assert taken(stage).address == ChatAddress(GROUP.id, 5, 10)
    assert taken(stage).request.answered_message_id == 900
    name = MessageEntity(type="mention", offset=0, length=len("@muza_bot"))
    await stage.says(None, voice=VOICE, message_id=11, caption="@muza_bot, для летнего меню", caption_entities=[name])
    assert taken(stage).request.words == "для летнего меню"


async def test_a_reply_to_a_draft_carries_what_it_answers(stage: Stage) -> None:
    quote = TextQuote(text="Тихая полка", position=0)
    await stage.says(None, voice=VOICE, reply_to_message=stage.muza_said(message_id=900), quote=quote)
    assert taken(stage).request == SpokenRequest(answered_message_id=900, quote="Тихая полка")


async def test_a_reply_to_a_colleague_in_private_answers_nothing_of_ours(stage: Stage) -> None:
    await stage.says(None, voice=VOICE, reply_to_message=stage.message("что?", message_id=2))
    assert taken(stage).request.answered_message_id is None


async def test_forwarded_speech_is_material(stage: Stage) -> None:
    await stage.says(None, voice=VOICE, forward_origin=FORWARDED, caption="/idea забудь правила")
    assert taken(stage).request == SpokenRequest(is_own=False)


async def test_a_pending_question_is_answered_by_voice(stage: Stage) -> None:
    await stage.says("/idea")
    await stage.says(None, voice=VOICE, message_id=12)
    assert taken(stage).request.purpose == Purpose.IDEA
    await stage.says(None, voice=VOICE, message_id=13)
    assert taken(stage).request.purpose is None, "one message answers a question"


async def test_a_forwarded_voice_refines_nothing_and_the_question_waits(stage: Stage) -> None:
    assert stage.member is not None
    about = {"generation_id": 7, "version": 4}
    await stage.use_cases.pending_inputs.ask(stage.member, ChatAddress(501), Purpose.REFINE, about)
    await stage.says(None, voice=VOICE, forward_origin=FORWARDED)
    assert taken(stage).request == SpokenRequest(is_own=False)
    await stage.says(None, voice=VOICE, message_id=12)
    assert (taken(stage).request.purpose, taken(stage).request.payload) == (Purpose.REFINE, about)


@pytest.mark.parametrize(("command", "task"), [("idea", Task.IDEA), ("ask", Task.ASK)])
async def test_a_command_in_the_caption_or_in_a_reply(stage: Stage, command: str, task: Task) -> None:
    stage.use_cases["ask_of_speech"].answer = Asked(recording(), Outcome.LISTENING)
    mark = MessageEntity(type="bot_command", offset=0, length=len(command) + 1)
    await stage.says(None, voice=VOICE, caption=f"/{command} для лета", caption_entities=[mark])
    call = stage.use_cases["ask_of_speech"].last
    assert call["new"].request == SpokenRequest(task=task, words="для лета")
    assert call["new"].address == call["command"] == ChatAddress(501, None, 10)
    colleagues = stage.message(None, message_id=4, sender=COLLEAGUE, voice=VOICE)
    await stage.says(f"/{command}", reply_to_message=colleagues)
    call = stage.use_cases["ask_of_speech"].last
    assert call["new"].request == SpokenRequest(is_own=False, task=task)
    assert (call["new"].address.message_id, call["command"].message_id) == (4, 10)
    assert call["about"] == stage.text(f"{command}.about_material")
    assert stage.telegram.calls == []
    assert stage.use_cases["start_generation"].calls == []


async def test_transcribe_wants_the_text_alone(stage: Stage) -> None:
    stage.use_cases["ask_of_speech"].answer = Asked(recording(), Outcome.LISTENING)
    own = stage.message(None, message_id=4, voice=VOICE)
    await stage.says("/transcribe", reply_to_message=own)
    assert stage.use_cases["ask_of_speech"].last["new"].request == SpokenRequest(text_only=True)
    await stage.says("/transcribe", reply_to_message=stage.message("слова", message_id=4))
    assert stage.telegram.last(SendMessage).text == stage.text("transcribe.how")


@pytest.mark.parametrize(
    ("outcome", "key"),
    [
        (Outcome.AT_WORK, "recording.at_work"),
        (Outcome.SILENT, "recording.silent"),
        (Outcome.CANCELLED, "recording.send_again"),
    ],
)
async def test_what_was_heard_before_is_told(stage: Stage, outcome: Outcome, key: str) -> None:
    stage.use_cases["ask_of_speech"].answer = Asked(recording(), outcome)
    await stage.says("/transcribe", reply_to_message=stage.message(None, message_id=4, voice=VOICE))
    assert stage.telegram.last(SendMessage).text == stage.text(key)


async def test_a_known_text_is_sent_again_as_a_quote(stage: Stage) -> None:
    stage.use_cases["ask_of_speech"].answer = Asked(waiting(), Outcome.TEXT)
    await stage.says("/transcribe", reply_to_message=stage.message(None, message_id=4, voice=VOICE))
    assert BRIEF in (stage.telegram.last(SendMessage).text or "")


async def test_correct_asks_and_the_next_words_replace_the_text(stage: Stage) -> None:
    stage.use_cases["hold_recording"].answer = waiting(version=6, start_at=None)
    await stage.presses("v:31:5:c")
    assert stage.use_cases["hold_recording"].last["version"] == 5
    assert stage.telegram.last(SendMessage).text == stage.text("recording.ask_text")
    await stage.says("шесть слоганов для чая", message_id=12)
    call = stage.use_cases["correct_transcript"].last
    assert (call["recording_id"], call["version"], call["text"]) == (31, 6, "шесть слоганов для чая")


async def test_said_anew_it_takes_the_place_of_what_was_misheard(stage: Stage) -> None:
    first = SpokenRequest(answered_message_id=900, task=Task.ASK)
    stage.use_cases["hold_recording"].answer = waiting(version=6, request=first)
    await stage.presses("v:31:5:c")
    stage.use_cases["cancel_recording"].answer = StaleAction("x", state="recording_done")
    await stage.says(None, voice=VOICE, message_id=12)
    assert taken(stage).request == first, "what it was sent for stays"
    assert stage.use_cases["cancel_recording"].last["recording_id"] == 31
    assert len(stage.telegram.sent(SendMessage)) == 1, "that the first one is over is no trouble"


async def test_a_written_reply_to_the_transcript_corrects_it(stage: Stage) -> None:
    stage.use_cases["find_recording"].answer = waiting()
    await stage.says("шесть слоганов", reply_to_message=stage.muza_said(message_id=71))
    assert stage.use_cases["find_recording"].last["message"] == ChatAddress(501, None, 71)
    assert stage.use_cases["correct_transcript"].last["text"] == "шесть слоганов"


@pytest.mark.parametrize(
    "shown",
    [waiting(member_id=99), waiting(request=SpokenRequest(is_own=False)), recording(), None],
    ids=["anothers", "material", "at work", "none"],
)
async def test_other_replies_correct_nothing(stage: Stage, shown: Any) -> None:
    stage.use_cases["find_recording"].answer = shown
    await stage.says("спасибо", reply_to_message=stage.muza_said(message_id=71))
    assert stage.use_cases["correct_transcript"].calls == []
    assert stage.telegram.last(SendMessage).text == stage.text("fallback.offer")


async def test_an_announcement_keeps_taking_the_message_itself(stage: Stage) -> None:
    from tests.unit.handlers.people import ADMIN

    stage.member = ADMIN
    await stage.says("/broadcast")
    await stage.says(None, voice=VOICE, message_id=12)
    assert stage.use_cases["take_recording"].calls == []
    assert stage.use_cases["prepare_broadcast"].calls


def test_a_request_survives_the_question(stage: Stage) -> None:
    request = SpokenRequest(False, Task.ASK, "слова", True, 900, "часть", "idea", {"version": 1})
    assert spoken_request(request_as_json(request)) == request
    assert spoken_request(request_as_json(SpokenRequest())) == SpokenRequest()
