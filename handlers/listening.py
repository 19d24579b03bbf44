"""Speech that was meant for Muza becomes a recording."""

from dataclasses import asdict, dataclass, replace
from typing import Any

from aiogram import Bot
from aiogram.types import Message

from handlers.briefs import about_material, text_of
from handlers.i18n import Texts, mark
from handlers.sender import MessageSender
from handlers.views.message import message as words
from handlers.views.recording import transcript_message
from handlers.voice import Speech, is_own, new_recording, speech_of
from services.assistant.answer_question import TASKS
from services.assistant.listening.ask_of_speech import Asked, AskOfSpeech, Outcome
from services.assistant.listening.cancel_recording import CancelRecording
from services.assistant.listening.take_recording import TakeRecording
from services.assistant.pending_inputs import PendingInput, PendingInputs
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress
from services.domain.errors import StaleAction
from services.domain.language import Language
from services.domain.member import Member
from services.domain.question import Purpose
from services.domain.recording import NewRecording, SpokenRequest

_SAID = {
    Outcome.AT_WORK: mark("recording.at_work"),
    Outcome.SILENT: mark("recording.silent"),
    Outcome.CANCELLED: mark("recording.send_again"),
}


@dataclass(frozen=True, slots=True)
class Where:
    """A message, and who sent it where."""

    message: Message
    member: Member
    chat: Chat
    address: ChatAddress
    language: Language


async def listen(
    speech: Speech,
    said: Where,
    question: PendingInput | None,
    bot: Bot,
    take_recording: TakeRecording,
    cancel_recording: CancelRecording,
    pending_inputs: PendingInputs,
) -> None:
    """Speech without a command of ours; `question`: what it answers."""
    is_theirs = is_own(said.message, said.member)
    if question is not None and not is_theirs and Purpose(question.purpose) not in TASKS:
        # Forwarded words decide nothing: the question goes on waiting for the person's own.
        await pending_inputs.ask(said.member, said.address.at(None), question.purpose, question.payload)
        question = None
    if question is None or question.purpose != Purpose.TRANSCRIPT:
        request = await _request(said.message, bot, question, is_theirs=is_theirs)
        await take_recording(said.member, _recording(speech, said, request))
        return
    request = spoken_request(question.payload["request"])
    await take_recording(said.member, _recording(speech, said, request))
    await _drop(said.member, int(question.payload["recording_id"]), cancel_recording)


async def ask_of_speech_in(
    said: Where, own_words: str, task: Task | None, texts: Texts, sender: MessageSender, ask_of_speech: AskOfSpeech
) -> bool:
    """A command whose message carries speech or answers one; `task` None: only the text. False: there is none."""
    message = said.message
    carrier = message if speech_of(message) is not None else message.reply_to_message
    speech = speech_of(carrier)
    if carrier is None or speech is None or message.quote is not None:
        return False
    request = SpokenRequest(is_own(carrier, said.member), task, own_words.strip(), text_only=task is None)
    new = _recording(speech, replace(said, address=said.address.at(carrier.message_id)), request)
    about = about_material(task, texts) if task else ""
    asked = await ask_of_speech(said.member, said.chat, said.address, new, about)
    await _tell(asked, said.address, texts, sender)
    return True


def _recording(speech: Speech, said: Where, request: SpokenRequest) -> NewRecording:
    return new_recording(speech, said.member, said.chat, said.address, said.language, request)


def request_as_json(request: SpokenRequest) -> dict[str, Any]:
    return asdict(request)


def spoken_request(value: dict[str, Any]) -> SpokenRequest:
    task = value["task"]
    return SpokenRequest(**{**value, "task": None if task is None else Task(task)})


async def _request(message: Message, bot: Bot, question: PendingInput | None, *, is_theirs: bool) -> SpokenRequest:
    replied = message.reply_to_message
    is_reply = replied is not None and replied.from_user is not None and replied.from_user.id == bot.id
    return SpokenRequest(
        is_own=is_theirs,
        words=await _caption(message, bot) if is_theirs else "",
        answered_message_id=replied.message_id if replied is not None and is_reply else None,
        quote=message.quote.text if message.quote and is_reply else "",
        purpose=question.purpose if question else None,
        payload=question.payload if question else {},
    )


async def _caption(message: Message, bot: Bot) -> str:
    """Without the name by which Muza was called."""
    if "@" not in text_of(message):
        return text_of(message)
    name = f"@{(await bot.me()).username}".lower()
    return " ".join(word for word in text_of(message).split(" ") if word.lower().rstrip(",.!?:") != name)


async def _drop(member: Member, recording_id: int, cancel_recording: CancelRecording) -> None:
    """What was said anew replaces it; that it ended meanwhile is as good."""
    try:
        await cancel_recording(member, recording_id)
    except StaleAction:
        return


async def _tell(asked: Asked, address: ChatAddress, texts: Texts, sender: MessageSender) -> None:
    if asked.outcome is Outcome.TEXT:
        await sender.send(address, transcript_message(asked.recording, texts), reply_to=address.message_id)
    elif asked.outcome in _SAID:
        await sender.send(address, words(texts(_SAID[asked.outcome])), reply_to=address.message_id)
