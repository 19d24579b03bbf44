"""A paragraph that was said before."""

from collections.abc import Sequence

from services.documents.cleaning.blocks import blocks_of, is_fenced, is_heading, is_table, text_of

_LONG = 60
"""Characters from which a paragraph that stands twice anywhere is a copy, not a phrase that comes again."""
_SHORT = 8
"""From which two neighbours that say the same are one too many."""


def drop_repeated(pages: Sequence[str]) -> list[str]:
    """Of every paragraph the first stays. Tables, code and headings stay all."""
    seen: set[str] = set()
    cleaned, last = [], ""
    for page in pages:
        kept = []
        for block in blocks_of(page):
            key = " ".join(block.split()).casefold()
            is_prose = not (is_table(block) or is_heading(block) or is_fenced(block))
            if is_prose and ((len(key) >= _LONG and key in seen) or (len(key) >= _SHORT and key == last)):
                continue
            seen.add(key)
            last = key
            kept.append(block)
        cleaned.append(text_of(kept))
    return cleaned
