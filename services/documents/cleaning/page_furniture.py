"""Headers, footers and page numbers: lines at the edges of pages that come again on page after page."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from services.documents.cleaning.blocks import blocks_of, is_fenced, is_table

_EDGE_LINES = 3
"""At the top and at the bottom."""
_LEAST_PAGES, _LEAST_SHARE = 3, 0.3
_LONGEST = 200
_NUMBER = re.compile(r"\d{1,4}")
_DECORATION = re.compile(r"[#*_>`|\-–—•·\s]+")
_PAGE_WORDS = frozenset(
    ["page", "pages", "p", "of", "стр", "страница", "страницы", "с", "из", "slide", "слайд", "лист", "seite"]
)
Key = tuple[str, int | None]
"""Words, and how far the number among them is from that of the page; None: no number moves."""


def drop_page_furniture(pages: Sequence[str]) -> list[str]:
    """Of every such line the first stays; of page numbers nothing does."""
    split = [page.split("\n") for page in pages]
    edges = [_edges(lines, number) for number, lines in enumerate(split, start=1)]
    counts = Counter(key for edge in edges for key in {key for keys in edge.values() for key in keys})
    filled = sum(bool(page.strip()) for page in pages)
    repeated = {key for key, count in counts.items() if count >= max(_LEAST_PAGES, _LEAST_SHARE * filled)}
    shown: set[Key] = set()
    cleaned = []
    for lines, edge in zip(split, edges, strict=True):
        gone = set()
        for index, keys in edge.items():
            if found := next((key for key in keys if key in repeated), None):
                if found in shown or not _says_something(found):
                    gone.add(index)
                shown.add(found)
        cleaned.append("\n".join(line for index, line in enumerate(lines) if index not in gone).strip("\n"))
    return cleaned


def _edges(lines: Sequence[str], page: int) -> dict[int, list[Key]]:
    protected = _protected(lines)
    filled = [index for index, line in enumerate(lines) if line.strip()]
    around = dict.fromkeys([*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]])
    return {
        index: list(_keys(lines[index], page))
        for index in around
        if index not in protected and len(lines[index]) <= _LONGEST
    }


def _protected(lines: Sequence[str]) -> set[int]:
    """Rows of tables repeat for reasons of their own."""
    text = "\n".join(lines)
    if "|" not in text and "```" not in text:
        return set()
    kept = {line for block in blocks_of(text) if is_table(block) or is_fenced(block) for line in block.split("\n")}
    return {index for index, line in enumerate(lines) if line in kept}


def _keys(line: str, page: int) -> Iterator[Key]:
    words = _DECORATION.sub(" ", line).strip().casefold()
    if not words:
        return
    for number in _NUMBER.finditer(words):
        yield f"{words[: number.start()]}\x00{words[number.end() :]}", int(number.group()) - page
    yield words, None


def _says_something(key: Key) -> bool:
    """More than which page it is."""
    words, offset = key
    letters = set(re.findall(r"[^\W\d_]+", words))
    return offset is None or bool(letters - _PAGE_WORDS)
