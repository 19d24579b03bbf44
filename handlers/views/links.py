"""Addresses in text that people did not write.

Telegram makes every bare URL, domain, e-mail and @name clickable by itself, and there is no switch for that in text
messages. A model can be talked into writing an address that carries somebody's data, so only addresses that the team's
own documents carry stay clickable. The others become `code`: Telegram looks for no links there, the text can still be
read and copied exactly, and nothing invisible is mixed into it. Where no entities are possible (the last resort) a
WORD JOINER breaks the address instead.
"""

import re
from collections.abc import Collection

from aiogram.types import MessageEntity

from handlers.views.formatted import OPAQUE, Formatted, utf16_length, without

_CYRILLIC_ZONES = "рф|рус|бел|укр|москва|дети|сайт|онлайн|орг|ком|бг|мкд|срб|қаз|мон|католик"
ADDRESS = re.compile(
    r"(?:[a-z][a-z0-9+.-]{1,20}://[^\s<>\"«»]+"
    r"|[\w.+-]+@(?:[\w-]+\.)+\w{2,}"
    r"|(?<![\w@/])@[a-z]\w{3,31}"
    rf"|(?<![\w@])(?:[\w-]{{1,63}}\.)+(?:xn--[a-z0-9-]+|[a-z]{{2,24}}|{_CYRILLIC_ZONES})\b(?::\d+)?(?:[/?#][^\s<>\"«»]*)?"
    r"|(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?:[/?#][^\s<>\"«»]*)?)",
    re.IGNORECASE,
)
_TAIL = ".,:;!?)]}'…"
_WORD_JOINER = "\u2060"


def addresses(text: str) -> list[tuple[int, int]]:
    """Spans (in Python characters) of what Telegram might make clickable."""
    spans = []
    for match in ADDRESS.finditer(text):
        kept = match.group().rstrip(_TAIL)
        if kept:
            spans.append((match.start(), match.start() + len(kept)))
    return spans


def unlink(piece: Formatted, allowed: Collection[str] = ()) -> Formatted:
    """`piece` whose addresses cannot be pressed, except those in `allowed`."""
    shut = [
        MessageEntity(type="code", offset=utf16_length(piece.text[:start]), length=utf16_length(piece.text[start:end]))
        for start, end in addresses(piece.text)
        if piece.text[start:end] not in allowed
    ]
    opaque = [(e.offset, e.offset + e.length) for e in piece.entities if e.type in OPAQUE]
    shut = [s for s in shut if not any(s.offset < end and begin < s.offset + s.length for begin, end in opaque)]
    if not shut:
        return piece
    kept = [
        part
        for entity in piece.entities
        for part in ([entity] if entity.type.endswith("blockquote") else without(entity, shut))
    ]
    return Formatted(piece.text, tuple(sorted([*kept, *shut], key=lambda e: (e.offset, -e.length))))


def broken(text: str) -> str:
    """Plain text in which no address is recognised any more."""
    pieces, position = [], 0
    for start, end in addresses(text):
        pieces.append(text[position:start])
        pieces.append(re.sub(r"(:(?=//)|\.|@)", rf"\1{_WORD_JOINER}", text[start:end]))
        position = end
    return "".join([*pieces, text[position:]])
