"""The text that a markup parser is writing, with the entities found so far."""

from collections.abc import Callable
from dataclasses import dataclass

from aiogram.types import MessageEntity, User

from tests.emulators.telegram.links import checked_link, mentioned_user_id

UserLookup = Callable[[int], User | None]


@dataclass(frozen=True, slots=True)
class FormattedText:
    text: str
    entities: tuple[MessageEntity, ...] = ()


class TextBuilder:
    """Appends characters and keeps the UTF-16 offset that entities are measured in."""

    def __init__(self, users: UserLookup) -> None:
        self._users = users
        self._parts: list[str] = []
        self._entities: list[MessageEntity] = []
        self.offset = 0

    def write(self, text: str) -> None:
        self._parts.append(text)
        self.offset += sum(2 if ord(char) > 0xFFFF else 1 for char in text)

    def mark(self) -> int:
        """A position for `written_since`."""
        return len(self._parts)

    def written_since(self, mark: int) -> str:
        return "".join(self._parts[mark:])

    def add(self, kind: str, start: int, **attributes: object) -> None:
        """Marks everything from `start` to here. An entity over nothing is dropped, as Telegram drops it."""
        if self.offset > start:
            values: dict[str, object] = {"type": kind, "offset": start, "length": self.offset - start, **attributes}
            self._entities.append(MessageEntity.model_validate(values))

    def add_link(self, start: int, url: str) -> None:
        """A link, or a mention when the link names a user that exists; an unacceptable link leaves plain text."""
        user_id = mentioned_user_id(url)
        if user_id is not None:
            user = self._users(user_id)
            if user is not None:
                self.add("text_mention", start, user=user)
            return
        link = checked_link(url)
        if link:
            self.add("text_link", start, url=link)

    def finish(self) -> FormattedText:
        return FormattedText("".join(self._parts), tuple(sorted_entities(_code_blocks(self._entities))))


def sorted_entities(entities: list[MessageEntity]) -> list[MessageEntity]:
    return sorted(entities, key=lambda entity: (entity.offset, -entity.length))


def _code_blocks(entities: list[MessageEntity]) -> list[MessageEntity]:
    """A `code` with a language that fills a whole `pre` is one code block of that language."""
    blocks = {(entity.offset, entity.length) for entity in entities if entity.type == "pre"}
    languages = {
        (entity.offset, entity.length): entity.language
        for entity in entities
        if entity.type == "code" and entity.language
    }
    merged: list[MessageEntity] = []
    for entity in entities:
        span = (entity.offset, entity.length)
        if entity.type == "pre" and span in languages:
            merged.append(MessageEntity(type="pre", offset=span[0], length=span[1], language=languages[span]))
        elif entity.type == "code" and span in blocks:
            continue
        elif entity.type == "code" and entity.language:
            merged.append(MessageEntity(type="code", offset=span[0], length=span[1]))
        else:
            merged.append(entity)
    return merged
