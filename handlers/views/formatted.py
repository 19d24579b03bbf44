"""Text with Telegram entities, built piece by piece. Offsets are UTF-16 units, as Telegram counts them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from aiogram.types import MessageEntity

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")


class Style(StrEnum):
    BOLD = "bold"
    ITALIC = "italic"
    CODE = "code"
    QUOTE = "blockquote"
    COLLAPSED_QUOTE = "expandable_blockquote"


OPAQUE = frozenset({"code", "pre"})
"""Telegram finds no links inside these, and nothing may be nested in them."""


@dataclass(frozen=True, slots=True)
class Formatted:
    text: str = ""
    entities: tuple[MessageEntity, ...] = ()

    @property
    def length(self) -> int:
        return utf16_length(self.text)


def utf16_length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def clean(text: str) -> str:
    """`text` that can be sent: no control codes, and no halves of a surrogate pair (a cut JSON escape leaves them)."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _LONE_SURROGATES.sub("\ufffd", _CONTROLS.sub("", text))


class Composer:
    """Appends styled pieces; `build` gives the whole."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._entities: list[MessageEntity] = []
        self._length = 0

    @property
    def is_empty(self) -> bool:
        return self._length == 0

    def write(self, text: str, *styles: Style) -> "Composer":
        return self.add(Formatted(clean(text)), *styles)

    def add(self, piece: Formatted, *styles: Style) -> "Composer":
        """Append `piece` as a whole under `styles`. Bold and italic give way where the piece has code inside."""
        start, length = self._length, piece.length
        moved = [entity.model_copy(update={"offset": entity.offset + start}) for entity in piece.entities]
        opaque = [entity for entity in moved if entity.type in OPAQUE]
        for style in styles:
            if length:
                whole = MessageEntity(type=style.value, offset=start, length=length)
                keeps_code = style in (Style.QUOTE, Style.COLLAPSED_QUOTE)
                self._entities.extend([whole] if keeps_code else without(whole, opaque))
        self._entities.extend(moved)
        self._pieces.append(piece.text)
        self._length += length
        return self

    def line(self, text: str = "", *styles: Style) -> "Composer":
        return self.write(text, *styles).write("\n")

    def gap(self) -> "Composer":
        """A blank line before what follows, unless nothing stands above."""
        return self if self.is_empty else self.write("\n\n")

    def build(self) -> Formatted:
        order = sorted(self._entities, key=lambda entity: (entity.offset, -entity.length))
        return Formatted("".join(self._pieces), tuple(order))


def plain(text: str) -> Formatted:
    return Formatted(clean(text))


def without(entity: MessageEntity, holes: Iterable[MessageEntity]) -> list[MessageEntity]:
    """`entity` minus the spans of `holes`: what is left of it, in pieces."""
    pieces = [(entity.offset, entity.offset + entity.length)]
    for hole in holes:
        begin, end = hole.offset, hole.offset + hole.length
        pieces = [
            part
            for start, finish in pieces
            for part in ((start, min(finish, begin)), (max(start, end), finish))
            if part[0] < part[1]
        ]
    return [entity.model_copy(update={"offset": start, "length": end - start}) for start, end in pieces]
