"""What the team wrote and what a search found in it."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from services.domain.language import Language
from services.domain.passport import Passport


class SearchMode(StrEnum):
    HYBRID = "hybrid"
    DENSE = "dense"
    KEYWORD = "keyword"


@dataclass(frozen=True, slots=True)
class Document:
    id: int
    project_id: int
    source: str
    """Path relative to the ingested folder, or a URL: what the team calls the document."""
    title: str
    type: str
    language: Language
    content_hash: str
    """SHA-256, hex, of the text: an unchanged document is not indexed again."""
    version: int = 1
    date: "date | None" = None
    author: str | None = None
    format: str = "text"
    """See `ReadDocument.format`."""
    pages: int | None = None
    chunking: str = "whole"
    """Signature of the rules by which it was cut."""
    passport: Passport = field(default_factory=Passport)


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk of a document with its place in it. `id` is `document:version:position`, the same in every index."""

    id: str
    document_id: int
    project_id: int
    position: int
    """0-based order within the document."""
    section: str
    """Heading path, "Voice › Do and don't"; empty before the first heading."""
    text: str
    language: Language
    start: int
    end: int
    """Character span in the document's text."""
    title: str
    """Of the document."""
    source: str
    """Of the document."""
    page: int | None = None
    """1-based, where it begins."""
    last_page: int | None = None
    text_hash: str | None = None
    """SHA-256, hex, of what is embedded."""
    change: int = 0
    """Number of the change that wrote it, growing through the whole store: replicas catch up by it."""


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """All that are given must hold."""

    since: "date | None" = None
    """By the document's date; without one, by the day on which it was added."""
    until: "date | None" = None
    author: str | None = None
    """A part of the name, in any case."""
    type: str | None = None
    """Format (pdf) or type (price list)."""

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.author, self.type))


@dataclass(frozen=True, slots=True)
class Hit:
    passage: Passage
    score: float
    """Fused score, higher is better, comparable only within one search."""
    legs: dict[str, int]
    """1-based rank in each leg that found it: {"keyword": 1, "dense": 4}."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    query: str
    mode: SearchMode
    hits: tuple[Hit, ...]
    degraded: str | None = None
    """Why a leg that was asked for did not vote ("dense: no model", "dense: language"); None when all did."""
    translated: str | None = None
    """The query in the other language, where that was searched for, too."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A numbered source under an answer."""

    number: int
    title: str
    section: str
    source: str
    passage_id: str
    page: int | None = None
    last_page: int | None = None
