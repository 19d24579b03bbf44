"""What is known about a document beside its text."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class DocumentOrigin(StrEnum):
    FOLDER = "folder"
    """A file on a disk of the installation."""
    UPLOAD = "upload"
    """A file that somebody sent."""
    LINK = "link"
    RECORDING = "recording"


class DocumentFlag(StrEnum):
    """What a person should know about how it was read."""

    HIDDEN_TEXT = "hidden_text"
    """Text that a reader of the document would not see: it may be meant for a model's eyes."""
    PAGES_WITHOUT_TEXT = "pages_without_text"
    """Scans: their pictures were not read."""
    PARTLY_READ = "partly_read"
    """The readers disagree about how many words there are."""
    SHORTENED = "shortened"
    """Longer than a document may be: the end is missing."""


@dataclass(frozen=True, slots=True)
class Passport:
    origin: DocumentOrigin = DocumentOrigin.FOLDER
    url: str | None = None
    file_key: str | None = None
    """The original in the file store; None: it lies in a folder, or Muza wrote it."""
    file_hash: str | None = None
    """SHA-256, hex, of the original."""
    size_bytes: int | None = None
    owner_id: int | None = None
    """Member who answers for it."""
    note: str | None = None
    """Licence, or whatever else should be known."""
    valid_from: dt.date | None = None
    valid_until: dt.date | None = None
    """The last day on which it holds."""
    refresh_days: int | None = None
    """How long after `checked_at` somebody should look at it again."""
    added_at: dt.datetime | None = None
    updated_at: dt.datetime | None = None
    checked_at: dt.datetime | None = None
    """It was new then, or somebody said that it still holds."""
    flags: tuple[DocumentFlag, ...] = ()
