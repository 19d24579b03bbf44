"""Speech that carries no command: an answer to a question of Muza's, a reply to its draft, or a wish of its own."""

from aiogram import Bot
from aiogram.types import Message

from handlers import broadcast, fallback
from handlers.conversation import is_command, is_for_muza
from handlers.i18n import Texts
from handlers.kb_edit import ABOUT_DOCUMENTS
from handlers.listening import Where, listen
from handlers.sender import MessageSender
from handlers.voice import speech_of
from services.assistant.listening.cancel_recording import CancelRecording
from services.assistant.listening.take_recording import TakeRecording
from services.assistant.pending_inputs import PendingInputs
from services.assistant.prepare_broadcast import PrepareBroadcast
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.member import Member
from services.domain.question import Purpose


def carries_speech(message: Message) -> bool:
    return speech_of(message) is not None


async def hear(
    message: Message,
    *,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    language: Language,
    texts: Texts,
    bot: Bot,
    sender: MessageSender,
    pending_inputs: PendingInputs,
    prepare_broadcast: PrepareBroadcast,
    take_recording: TakeRecording,
    cancel_recording: CancelRecording,
) -> None:
    speech = speech_of(message)
    if speech is None or not await is_for_muza(message, address, bot):
        return
    if is_command(message):
        await fallback.cannot_read(message, address, texts, sender)
        return
    question = await pending_inputs.take(member, address)
    if question is not None and question.purpose in ABOUT_DOCUMENTS:  # it goes on waiting for writing, or for a file
        await pending_inputs.ask(member, address.at(None), question.purpose, question.payload)
        question = None
    if question is None or question.purpose != Purpose.BROADCAST:
        said = Where(message, member, chat, address, language)
        await listen(speech, said, question, bot, take_recording, cancel_recording, pending_inputs)
        return
    await broadcast.announce(
        message,
        member=member,
        address=address,
        texts=texts,
        bot=bot,
        sender=sender,
        prepare_broadcast=prepare_broadcast,
        pending_inputs=pending_inputs,
    )
