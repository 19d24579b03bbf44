"""/transcribe: the text of a recording, and nothing else."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from handlers.i18n import Texts
from handlers.listening import Where, ask_of_speech_in
from handlers.routing import CommandTable
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.listening.ask_of_speech import AskOfSpeech
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("transcribe", transcribe)


async def transcribe(
    message: Message,
    *,
    command: CommandObject,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    language: Language,
    texts: Texts,
    sender: MessageSender,
    ask_of_speech: AskOfSpeech,
) -> None:
    where = Where(message, member, chat, address, language)
    is_there = await ask_of_speech_in(where, command.args or "", None, texts, sender, ask_of_speech)
    if not is_there:
        await sender.send(address, words(texts("transcribe.how")), reply_to=address.message_id)
