"""What is kept of a document beside its passages."""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DocumentContent:
    text: str
    """As it was cut: spans of passages count its characters."""
    page_starts: tuple[int, ...] = ()
    """See `ReadDocument`."""
    sketch: bytes | None = None
    """By which near duplicates are told."""
    member_id: int | None = None
    """Who brought this version; None: it came from a folder."""


@dataclass(frozen=True, slots=True)
class DocumentVersion:
    version: int
    """Ascending, with gaps: cutting a document anew takes a number too."""
    source: str
    content_hash: str
    file_key: str | None
    """The original in the file store."""
    size_bytes: int | None
    member_id: int | None
    at: dt.datetime
