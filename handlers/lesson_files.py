"""What a message gives to learn from: its file, its links."""

import re
from collections.abc import Sequence

from aiogram.types import Document, Message

from handlers.briefs import text_of
from handlers.voice import speech_of
from services.domain.chat import Chat, ChatAddress
from services.domain.language import Language
from services.domain.learning import LearningKind, NewLearning, NewLesson
from services.domain.member import Member

MOST_LINKS = 10
NOTE_CHARACTERS = 500
_SCHEME = re.compile(r"https?://", re.I)
_LINK = re.compile(r"https?://\S+", re.I)


def file_of(message: Message | None) -> Document | None:
    """What could be read: sound goes another way, an animation is none."""
    if message is None or message.animation is not None or speech_of(message) is not None:
        return None
    return message.document


def file_learning(message: Message, document: Document, note: str) -> NewLearning:
    name = document.file_name or "document"
    said = note.strip()[:NOTE_CHARACTERS] or None
    place, size = document.file_id, document.file_size
    return NewLearning(message.message_id, LearningKind.FILE, place, name, size, said)


def file_learnings(message: Message, album: Sequence[Message], note: str) -> list[NewLearning]:
    """`album`: all messages that are one with `message`, in any order; empty: it stands alone."""
    files = [(each, file_of(each)) for each in (album or (message,))]
    return [file_learning(each, document, note) for each, document in files if document is not None]


def link_learnings(links: Sequence[str], note: str) -> list[NewLearning]:
    said = note.strip()[:NOTE_CHARACTERS] or None
    return [
        NewLearning(number, LearningKind.LINK, link, _SCHEME.sub("", link).rstrip("/"), None, said)
        for number, link in enumerate(links)
    ]


def lesson_key(message: Message) -> str:
    """All messages of an album have one."""
    if message.media_group_id:
        return f"album:{message.chat.id}:{message.media_group_id}"
    return f"message:{message.chat.id}:{message.message_id}"


def new_lesson(key: str, member: Member, chat: Chat, address: ChatAddress, language: Language) -> NewLesson:
    return NewLesson(key, member.id, chat.project_id, language, address)


def links_in(message: Message | None) -> list[str]:
    """In their order, each once. Telegram marks addresses without http:// too, and those behind words."""
    if message is None:
        return []
    text, found = message.text or message.caption or "", []
    for entity in message.entities or message.caption_entities or ():
        if entity.type == "text_link" and entity.url:
            found.append(entity.url)
        elif entity.type == "url":
            address = entity.extract_from(text)
            found.append(address if _SCHEME.match(address) else f"https://{address}")
    return list(dict.fromkeys(found or _LINK.findall(text)))


def words_beside_links(message: Message, arguments: str) -> str:
    for entity in message.entities or message.caption_entities or ():
        if entity.type == "url":
            arguments = arguments.replace(entity.extract_from(text_of(message)), " ")
    return " ".join(_LINK.sub(" ", arguments).split())
