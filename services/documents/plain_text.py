"""Text and Markdown: as they were written, facts of a front matter apart."""

from services.documents.extract import Extract
from services.documents.front_matter import split_front_matter
from services.documents.text_encoding import decode
from services.domain.errors import DocumentUnsupported


def read_plain(content: bytes) -> Extract:
    """Raises DocumentUnsupported (without a name)."""
    raw = decode(content)
    if raw is None:
        raise DocumentUnsupported("no text")
    found = split_front_matter(raw.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", ""))
    return Extract(
        pages=(found.text,),
        title=found.word("title"),
        date=found.date(),
        author=found.word("author"),
        type=found.word("type"),
        language=found.language(),
    )
