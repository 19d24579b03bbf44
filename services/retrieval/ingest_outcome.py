"""What became of documents that were given to the knowledge base."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from services.domain.knowledge import Document

OnProgress = Callable[[int, int, str], None]
"""(done, total, what is being worked on)."""


@dataclass(frozen=True, slots=True)
class IngestOutcome:
    document: Document
    """The one that holds this content now: of an exact duplicate the one that was there already."""
    changed: bool
    """False: the same content was there already, and no passage was written."""
    passages: int
    """Written now; 0 when nothing changed."""
    near: tuple[Document, ...] = ()
    """Others in the project that say nearly the same, the likest first."""
    renamed_from: str | None = None
    """Its former source: the file was moved, the document and its history stayed."""
    is_duplicate: bool = False
    """`document` has another source: the content was not indexed a second time."""


@dataclass(frozen=True, slots=True)
class RefusedFile:
    path: str
    code: str
    """Of the sentence that tells it."""
    facts: Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class FolderOutcome:
    documents: tuple[IngestOutcome, ...]
    removed: tuple[str, ...]
    """Sources whose files are gone."""
    unreadable: tuple[tuple[str, str], ...]
    """(path, why)."""
    is_complete: bool = True
    """False: stopped on the way."""
    refused: tuple[RefusedFile, ...] = ()
    """The unreadable ones, for people."""
