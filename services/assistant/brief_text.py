"""Cleaning of what people type, before anything is stored or sent to a model."""

import unicodedata

from services.domain.asked_filters import read_filters
from services.domain.brief import Task
from services.domain.errors import BriefTooLong, EmptyBrief

BRIEF_LIMIT = 6_000
"""Characters. A longer text is a document, and documents belong in the knowledge base."""

MATERIAL_LIMIT = 12_000
"""Characters of quoted or forwarded text; what is longer is cut, since nobody typed it for us."""

_INVISIBLE = {
    *range(0x200B, 0x2010),  # zero-width and direction marks
    *range(0x202A, 0x202F),  # bidirectional overrides
    *range(0x2060, 0x2070),
    0xFEFF,
    *range(0xE0000, 0xE0080),  # the Tag block: text that people cannot see and models can read
}
_KEEP = {0x200D}  # joins emoji


def clean_text(text: str) -> str:
    """`text` without characters that hide things from people: invisible marks and control codes."""
    normalised = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    kept = (
        char
        for char in normalised
        if (ord(char) not in _INVISIBLE or ord(char) in _KEEP)
        and (unicodedata.category(char) != "Cc" or char in "\n\t")
    )
    return "".join(kept).strip()


def checked_brief(text: str) -> str:
    """Clean brief. Raises EmptyBrief, or BriefTooLong(limit, length)."""
    cleaned = clean_text(text)
    if not any(char.isalnum() for char in cleaned):
        raise EmptyBrief
    if len(cleaned) > BRIEF_LIMIT:
        raise BriefTooLong(limit=BRIEF_LIMIT, length=len(cleaned))
    return cleaned


def without_filters(task: Task, brief_text: str) -> str:
    """The words of a question beside its filters. Raises FilterUnclear, and EmptyBrief where there are none."""
    return checked_brief(read_filters(brief_text).text) if task is Task.ASK else brief_text


def checked_material(text: str | None) -> str | None:
    """Clean material; None when there are no words in it."""
    cleaned = clean_text(text or "")[:MATERIAL_LIMIT].rstrip()
    return cleaned if any(char.isalnum() for char in cleaned) else None
