"""/idea: a brief becomes ideas."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from handlers.briefs import ask_for_brief, request_of
from handlers.i18n import Texts
from handlers.listening import Where, ask_of_speech_in
from handlers.routing import CommandTable
from handlers.sender import MessageSender
from services.assistant.listening.ask_of_speech import AskOfSpeech
from services.assistant.pending_inputs import PendingInputs
from services.assistant.start_generation import StartGeneration
from services.domain.brief import Task
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.member import Member


def add_commands(commands: CommandTable) -> None:
    commands.add("idea", idea)


async def idea(
    message: Message,
    *,
    command: CommandObject,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    language: Language,
    texts: Texts,
    sender: MessageSender,
    start_generation: StartGeneration,
    pending_inputs: PendingInputs,
    ask_of_speech: AskOfSpeech,
) -> None:
    where = Where(message, member, chat, address, language)
    if await ask_of_speech_in(where, command.args or "", Task.IDEA, texts, sender, ask_of_speech):
        return
    request = request_of(message, command, Task.IDEA, texts)
    if not request.text:
        await ask_for_brief(Task.IDEA, member, address, texts, sender, pending_inputs)
        return
    await start_generation(
        member, chat, address, request.text, task=Task.IDEA, language=language, material=request.material
    )
