"""Pages put together."""

from collections.abc import Sequence
from dataclasses import dataclass

_BETWEEN = "\n\n"


@dataclass(frozen=True, slots=True)
class WholeText:
    text: str
    page_starts: tuple[int, ...]
    """Of each page, also of empty ones: there the next one begins."""
    is_shortened: bool = False


def join_pages(pages: Sequence[str], longest: int) -> WholeText:
    """`longest`: characters; what is more is left out, at the end of a paragraph if there is one near."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for page in pages:
        text = page.strip("\n")
        if text and length:
            parts.append(_BETWEEN)
            length += len(_BETWEEN)
        starts.append(length)
        parts.append(text)
        length += len(text)
    text = "".join(parts)
    if len(text) <= longest:
        return WholeText(text, tuple(starts))
    end = text.rfind(_BETWEEN, longest - longest // 10, longest)
    end = end if end > 0 else longest
    return WholeText(text[:end], tuple(start for start in starts if start < end), is_shortened=True)
