"""A document's text as its passages."""

import hashlib
from bisect import bisect_right

from services.domain.chunk_rules import ChunkRules
from services.domain.knowledge import Document, Passage
from services.domain.language import detect_language
from services.retrieval.chunking import Chunk, chunk


def cut(document: Document, text: str, page_starts: tuple[int, ...], rules: ChunkRules) -> list[Passage]:
    """Ids and change numbers are given by the store."""
    return [_passage(document, position, found, page_starts) for position, found in enumerate(chunk(text, rules))]


def embedded_text(passage: Passage) -> str:
    """A passage says more together with the headings that it stands under."""
    return _with_headings(passage.title, passage.section, passage.text)


def hash_of_embedded(passage: Passage) -> str:
    """Computed where the passage is older than the column."""
    return passage.text_hash or _hash(embedded_text(passage))


def _passage(document: Document, position: int, found: Chunk, page_starts: tuple[int, ...]) -> Passage:
    return Passage(
        id="",
        document_id=document.id,
        project_id=document.project_id,
        position=position,
        section=found.section,
        text=found.text,
        language=detect_language(found.text, document.language),
        start=found.start,
        end=found.end,
        title=document.title,
        source=document.source,
        page=_page(page_starts, found.start),
        last_page=_page(page_starts, max(found.start, found.end - 1)),
        text_hash=_hash(_with_headings(document.title, found.section, found.text)),
    )


def _page(page_starts: tuple[int, ...], position: int) -> int | None:
    """As `page_at`, for documents of thousands of pages."""
    return max(1, bisect_right(page_starts, position)) if page_starts else None


def _with_headings(title: str, section: str, text: str) -> str:
    return "\n".join(part for part in (title, section, text) if part)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
