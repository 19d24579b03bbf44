"""Long messages in parts, cut where a reader would cut."""

from aiogram.types import MessageEntity

from handlers.views.formatted import Formatted

TEXT_LIMIT = 4096
"""UTF-16 units of a text message: https://core.telegram.org/bots/api#sendmessage"""
ENTITY_LIMIT = 100
"""Entities of a message that Telegram keeps; later ones are dropped silently."""


def split(piece: Formatted, limit: int = TEXT_LIMIT, max_entities: int = ENTITY_LIMIT) -> list[Formatted]:
    """Parts of at most `limit` UTF-16 units and `max_entities` entities, each with something to read.

    Cuts fall between paragraphs, else lines, else words, and outside entities when there is such a place in the second
    half of a part; an entity that spans a cut goes on in the next part.
    """
    offsets = _offsets(piece.text)
    parts, start = [], 0
    while start < len(piece.text):
        end = _cut(piece, offsets, start, limit, max_entities)
        part = _slice(piece, offsets, start, end)
        if part.text:
            parts.append(part)
        start = end
    return parts


def tail(piece: Formatted, limit: int) -> Formatted:
    """The end of a text that grows: what a person is reading right now."""
    if piece.length <= limit:
        return piece
    offsets = _offsets(piece.text)
    start = next(i for i, offset in enumerate(offsets) if offsets[-1] - offset <= limit - 2)
    line = piece.text.find("\n", start)
    start = line + 1 if 0 <= line < start + limit // 4 else start
    rest = _slice(piece, offsets, start, len(piece.text))
    moved = tuple(entity.model_copy(update={"offset": entity.offset + 2}) for entity in rest.entities[:ENTITY_LIMIT])
    return Formatted(f"…\n{rest.text}", moved)


def head(piece: Formatted, limit: int = TEXT_LIMIT) -> Formatted:
    """The beginning that fits into one message, with an ellipsis when something was left out."""
    parts = split(piece, limit - 2)
    if len(parts) <= 1:
        return piece
    return Formatted(f"{parts[0].text}\n…", parts[0].entities)


def _offsets(text: str) -> list[int]:
    """UTF-16 offset of every character, and of the end."""
    offsets, total = [0], 0
    for char in text:
        total += 2 if ord(char) > 0xFFFF else 1
        offsets.append(total)
    return offsets


def _cut(piece: Formatted, offsets: list[int], start: int, limit: int, max_entities: int) -> int:
    end = _farthest(offsets, start, offsets[start] + limit)
    inside = [e for e in piece.entities if offsets[start] < e.offset + e.length and e.offset < offsets[end]]
    if len(inside) > max_entities:
        end = max(start + 1, _farthest(offsets, start, sorted(e.offset for e in inside)[max_entities]))
    if end == len(piece.text):
        return end
    middle = start + (end - start) // 2
    for allowed_inside in (False, True):
        for mark in ("\n\n", "\n", " "):
            found = _last(piece, offsets, mark, middle, end, allowed_inside=allowed_inside)
            if found is not None:
                return found
    return end


def _farthest(offsets: list[int], start: int, limit: int) -> int:
    """The last position after `start` whose offset is within `limit`; at least one character on."""
    low, high = start + 1, len(offsets) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if offsets[middle] <= limit:
            low = middle
        else:
            high = middle - 1
    return low


def _last(piece: Formatted, offsets: list[int], mark: str, low: int, high: int, *, allowed_inside: bool) -> int | None:
    """Position after the last `mark` between `low` and `high` that splits no entity (or may)."""
    found = piece.text.rfind(mark, low, high)
    while found >= 0:
        position = found + len(mark)
        if allowed_inside or not _splits(piece.entities, offsets[position]):
            return position
        found = piece.text.rfind(mark, low, found)
    return None


def _splits(entities: tuple[MessageEntity, ...], offset: int) -> bool:
    return any(entity.offset < offset < entity.offset + entity.length for entity in entities)


def _slice(piece: Formatted, offsets: list[int], start: int, end: int) -> Formatted:
    """Characters `start:end` without white space at the ends, with their entities clipped."""
    while start < end and piece.text[start].isspace():
        start += 1
    while end > start and piece.text[end - 1].isspace():
        end -= 1
    first, last = offsets[start], offsets[end]
    clipped = []
    for entity in piece.entities:
        begin, finish = max(entity.offset, first), min(entity.offset + entity.length, last)
        if begin < finish:
            clipped.append(entity.model_copy(update={"offset": begin - first, "length": finish - begin}))
    return Formatted(piece.text[start:end], tuple(clipped))
