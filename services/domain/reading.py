"""What a file says, ready to be cut into passages."""

import datetime as dt
from dataclasses import dataclass

from services.domain.language import Language
from services.domain.passport import DocumentFlag


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """One document of a file; an archive holds many."""

    name: str
    """The file's own name, or its path inside an archive."""
    text: str
    """Markdown: lines end with \n, tables are tables, nothing that every page repeats."""
    format: str
    """pdf, docx, pptx, xlsx, html, markdown, text, rtf, epub, mail, csv, odt, slack, …: what `type:` filters by."""
    title: str | None = None
    page_starts: tuple[int, ...] = ()
    """Where in `text` page 1, 2, … begins, ascending; empty: it has no pages. Slides and sheets are pages."""
    date: dt.date | None = None
    author: str | None = None
    type: str | None = None
    """As its front matter has it."""
    language: Language | None = None
    """As its front matter has it; None: told from the text."""
    flags: tuple[DocumentFlag, ...] = ()

    def page_at(self, position: int) -> int | None:
        """1-based page of a character."""
        return page_at(self.page_starts, position)


def page_at(page_starts: tuple[int, ...], position: int) -> int | None:
    if not page_starts:
        return None
    return max(1, sum(start <= position for start in page_starts))
