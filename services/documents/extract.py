"""What a reader of one format found, before it is cleaned."""

import datetime as dt
from dataclasses import dataclass

from services.domain.language import Language
from services.domain.passport import DocumentFlag


@dataclass(frozen=True, slots=True)
class Extract:
    pages: tuple[str, ...]
    """Markdown, page by page, empty ones too; a single one when the document has no pages."""
    is_paged: bool = False
    title: str | None = None
    date: dt.date | None = None
    author: str | None = None
    type: str | None = None
    language: Language | None = None
    flags: frozenset[DocumentFlag] = frozenset()


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside of another one."""

    name: str
    """Its path there."""
    content: bytes
