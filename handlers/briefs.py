"""Where a brief comes from: the words after a command, the message it replies to, or the person's next message."""

from aiogram.filters import CommandObject
from aiogram.types import Message

from handlers.callbacks import Purpose
from handlers.i18n import Texts, mark
from handlers.keyboards import answer_field
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.pending_inputs import PendingInputs
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.member import Member

_PURPOSES = {Task.IDEA: Purpose.IDEA, Task.ASK: Purpose.ASK}
_QUESTIONS = {Task.IDEA: mark("idea.ask_brief"), Task.ASK: mark("ask.ask_question")}
_PLACEHOLDERS = {Task.IDEA: mark("idea.placeholder"), Task.ASK: mark("ask.placeholder")}


def text_of(message: Message | None) -> str:
    return (message.text or message.caption or "").strip() if message else ""


def brief_of(message: Message, command: CommandObject) -> str:
    """The words after the command, else the message that the command replies to."""
    return (command.args or "").strip() or text_of(message.reply_to_message)


async def ask_for_brief(
    task: Task,
    member: Member,
    address: ChatAddress,
    texts: Texts,
    sender: MessageSender,
    pending_inputs: PendingInputs,
) -> None:
    await pending_inputs.ask(member, address, _PURPOSES[task], {})
    field = answer_field(texts(_PLACEHOLDERS[task]))
    await sender.send(address, words(texts(_QUESTIONS[task])), field, reply_to=address.message_id)
