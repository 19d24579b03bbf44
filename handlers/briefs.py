"""Where a brief comes from: the words after a command, the message it replies to, or the person's next message.

The person's own words are the brief. What they quote, answer or forward is material: the model works with it and takes
no orders from it.
"""

from dataclasses import dataclass

from aiogram.filters import CommandObject
from aiogram.types import Message

from handlers.i18n import Texts, mark
from handlers.keyboards import answer_field
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.pending_inputs import PendingInputs
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.member import Member
from services.domain.question import Purpose

_PURPOSES = {Task.IDEA: Purpose.IDEA, Task.ASK: Purpose.ASK}
_QUESTIONS = {Task.IDEA: mark("idea.ask_brief"), Task.ASK: mark("ask.ask_question")}
_PLACEHOLDERS = {Task.IDEA: mark("idea.placeholder"), Task.ASK: mark("ask.placeholder")}
_ABOUT_MATERIAL = {Task.IDEA: mark("idea.about_material"), Task.ASK: mark("ask.about_material")}


@dataclass(frozen=True, slots=True)
class Request:
    text: str
    """Empty: nothing to work on was said."""
    material: str | None = None


def text_of(message: Message | None) -> str:
    return (message.text or message.caption or "").strip() if message else ""


def request_of(message: Message, command: CommandObject, task: Task, texts: Texts) -> Request:
    """What a command asks for. A part that the person quoted stands for the whole message they answer."""
    said, replied = (command.args or "").strip(), message.reply_to_message
    pointed_at = message.quote.text.strip() if message.quote else text_of(replied)
    if pointed_at in {texts(question) for question in _QUESTIONS.values()}:
        pointed_at = ""  # our own question is no material
    if said:
        return Request(said, pointed_at or None)
    if not pointed_at:
        return Request("")
    return _pointed_out(pointed_at, task, texts, own=replied is not None and _is_own(replied, message))


def request_in(message: Message, task: Task, texts: Texts) -> Request:
    """What a message asks for that carries no command: an answer to our question, or one a button was pressed for."""
    said = text_of(message)
    return _pointed_out(said, task, texts, own=message.forward_origin is None) if said else Request("")


def about_material(task: Task, texts: Texts) -> str:
    """The brief or the question of a person who gave somebody else's words and none of their own."""
    return texts(_ABOUT_MATERIAL[task])


def _pointed_out(text: str, task: Task, texts: Texts, *, own: bool) -> Request:
    return Request(text) if own else Request(about_material(task, texts), text)


def _is_own(replied: Message, message: Message) -> bool:
    author, speaker = replied.from_user, message.from_user
    return author is not None and speaker is not None and author.id == speaker.id and replied.forward_origin is None


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
