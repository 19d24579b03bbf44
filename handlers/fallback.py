"""What no feature claimed: a hint instead of silence."""

from difflib import get_close_matches

from aiogram.types import Message

from handlers.briefs import request_in, text_of
from handlers.callbacks import BriefPress
from handlers.i18n import Texts
from handlers.keyboards import brief_keyboard
from handlers.press import Press
from handlers.routing import PressTable
from handlers.sender import MessageSender
from handlers.views.message import message as words
from services.assistant.start_generation import StartGeneration
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.member import Member

KNOWN = (
    "start",
    "help",
    "idea",
    "ask",
    "transcribe",
    "learn",
    "batch",
    "queue",
    "history",
    "kb",
    "settings",
    "spend",
    "status",
    "users",
    "broadcast",
    "budget",
    "kill",
    "cancel",
)


def add_presses(presses: PressTable) -> None:
    presses.add(BriefPress, brief_from_hint)


async def offer(address: ChatAddress, texts: Texts, sender: MessageSender) -> None:
    await sender.send(address, words(texts("fallback.offer")), brief_keyboard(texts), reply_to=address.message_id)


async def cannot_read(message: Message, address: ChatAddress, texts: Texts, sender: MessageSender) -> None:
    """A file, a sticker, a command that does not exist."""
    await sender.send(address, words(_hint(message, texts)), reply_to=address.message_id)


def _hint(message: Message, texts: Texts) -> str:
    text = text_of(message)
    if text.startswith("/"):
        typed = text[1:].split(maxsplit=1)[0].partition("@")[0].lower() if len(text) > 1 else ""
        close = get_close_matches(typed, KNOWN, n=1)
        return texts("fallback.did_you_mean", command=close[0]) if close else texts("fallback.unknown_command")
    if message.document:
        return texts("documents.how_to_add")
    return texts("fallback.only_text")


async def brief_from_hint(
    press: Press,
    *,
    data: BriefPress,
    member: Member,
    chat: Chat,
    address: ChatAddress,
    language: Language,
    texts: Texts,
    sender: MessageSender,
    start_generation: StartGeneration,
) -> None:
    source = press.source
    if source is None or not text_of(source):
        await press.answer(texts("fallback.source_gone"), alert=True)
        return
    brief = address.at(source.message_id)
    request = request_in(source, data.task, texts)
    await start_generation(
        member, chat, brief, request.text, task=data.task, language=language, material=request.material
    )
    await press.answer()
    await sender.remove(address)
