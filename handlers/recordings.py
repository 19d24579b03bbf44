"""Buttons under what was heard. Who draws the message afterwards is who works on recordings."""

from typing import Any

from handlers.callbacks import RecordingPress, RecordingStep
from handlers.i18n import Texts
from handlers.keyboards import answer_field
from handlers.listening import request_as_json
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from handlers.views.people import addressed
from services.assistant.listening.cancel_recording import CancelRecording
from services.assistant.listening.confirm_recording import ConfirmRecording
from services.assistant.listening.hold_recording import HoldRecording
from services.assistant.listening.keep_transcript import KeepTranscript
from services.assistant.listening.retry_recording import RetryRecording
from services.assistant.pending_inputs import PendingInputs
from services.domain.chat import ChatAddress
from services.domain.member import Member
from services.domain.question import Purpose
from services.domain.recording import Recording, SpokenAction

_ACTIONS = {
    RecordingStep.START: None,
    RecordingStep.IDEAS: SpokenAction.IDEA,
    RecordingStep.ANSWER: SpokenAction.ASK,
}


def add_presses(presses: PressTable) -> None:
    presses.add(RecordingPress, step)


async def step(
    press: Press,
    *,
    data: RecordingPress,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    pending_inputs: PendingInputs,
    confirm_recording: ConfirmRecording,
    hold_recording: HoldRecording,
    keep_transcript: KeepTranscript,
    retry_recording: RetryRecording,
    cancel_recording: CancelRecording,
) -> None:
    recording_id, version = data.recording_id, data.version
    if data.step in _ACTIONS:
        await confirm_recording(member, recording_id, version, _ACTIONS[data.step])
    elif data.step is RecordingStep.TEXT_ONLY:
        await keep_transcript(member, recording_id, version)
    elif data.step is RecordingStep.CORRECT:
        held = await hold_recording(member, recording_id, version)
        await pending_inputs.ask(member, address.at(None), Purpose.TRANSCRIPT, _about(held))
        await press.answer()
        await _ask_for_text(member, address, texts, sender)
    elif data.step is RecordingStep.RETRY:
        await retry_recording(member, recording_id, version)
        await press.answer(texts("review.retrying"))
    else:
        await cancel_recording(member, recording_id)
        await press.answer(texts("recording.cancelled"))


def _about(held: Recording) -> dict[str, Any]:
    """JSON that finds the recording again when the words arrive, and what it was sent for when they are spoken."""
    return {"recording_id": held.id, "version": held.version, "request": request_as_json(held.request)}


async def _ask_for_text(member: Member, address: ChatAddress, texts: Texts, sender: MessageSender) -> None:
    await sender.send(
        address,
        addressed(member, texts("recording.ask_text"), in_private=address.is_private),
        answer_field(texts("recording.text_placeholder")),
        reply_to=address.message_id,
    )
