"""What a recording really says, in the person's own writing."""

from aiogram import Bot
from aiogram.types import Message

from services.assistant.listening.correct_transcript import CorrectTranscript
from services.assistant.listening.find_recording import FindRecording
from services.assistant.pending_inputs import PendingInput
from services.domain.chat import ChatAddress
from services.domain.member import Member
from services.domain.recording import RecordingState


async def correct_as_asked(
    question: PendingInput, text: str, member: Member, correct_transcript: CorrectTranscript
) -> None:
    recording_id, version = int(question.payload["recording_id"]), int(question.payload["version"])
    await correct_transcript(member, recording_id, version, text)


async def correct_by_reply(
    message: Message,
    text: str,
    member: Member,
    address: ChatAddress,
    bot: Bot,
    find_recording: FindRecording,
    correct_transcript: CorrectTranscript,
) -> bool:
    """A reply to the transcript of one's own speech says it right. False: this is nothing of the kind."""
    target = message.reply_to_message
    if target is None or target.from_user is None or target.from_user.id != bot.id:
        return False
    recording = await find_recording(address.at(target.message_id))
    if recording is None or recording.state is not RecordingState.WAITING:
        return False
    if recording.member_id != member.id or not recording.request.is_own:
        return False
    await correct_transcript(member, recording.id, recording.version, text)
    return True
