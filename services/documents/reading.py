"""One file as clean documents. It runs in the child, and is told about limits by nothing but its arguments."""

import re
from collections.abc import Callable, Sequence

from services.documents.cleaning.characters import has_invisible_text
from services.documents.cleaning.order import clean_pages
from services.documents.cleaning.whole_text import join_pages
from services.documents.extract import Extract
from services.documents.html_reading import read_html
from services.documents.limits import ReadLimits
from services.documents.pdf_reading import read_pdf
from services.documents.plain_text import read_plain
from services.documents.sniffing import TEXTS, sniff
from services.documents.xberg_markdown import read_markdown
from services.domain.errors import DocumentEmpty
from services.domain.passport import DocumentFlag
from services.domain.reading import ReadDocument

Reader = Callable[[bytes, ReadLimits], Extract]
_READERS: dict[str, Reader] = {"pdf": read_pdf, "html": read_html}
_FIRST_HEADING = re.compile(r"^#{1,6}[ \t]+(.{1,1000}?)[ \t#]*$", re.MULTILINE)
_LONGEST_TITLE = 200


def read_documents(content: bytes, name: str, limits: ReadLimits) -> Sequence[ReadDocument]:
    """At least one. Raises DocumentRefused (without its name)."""
    if not content.strip():
        raise DocumentEmpty("no bytes")
    kind = sniff(content, name)
    return [finish(_extract(content, kind, limits), name, kind, limits)]


def _extract(content: bytes, kind: str, limits: ReadLimits) -> Extract:
    if kind in TEXTS:
        return read_plain(content)
    if kind in _READERS:
        return _READERS[kind](content, limits)
    return read_markdown(content, kind, "", limits)


def finish(extract: Extract, name: str, kind: str, limits: ReadLimits) -> ReadDocument:
    """Cleaned; text and Markdown stay as their authors wrote them. Raises DocumentEmpty."""
    flags = set(extract.flags)
    if any(has_invisible_text(page) for page in extract.pages):
        flags.add(DocumentFlag.HIDDEN_TEXT)
    pages = extract.pages if kind in TEXTS else clean_pages(extract.pages)
    whole = join_pages(pages, limits.characters)
    if not any(char.isalnum() for char in whole.text):
        raise DocumentEmpty("no letters")
    if whole.is_shortened:
        flags.add(DocumentFlag.SHORTENED)
    return ReadDocument(
        name=name,
        text=whole.text,
        format=kind,
        title=extract.title or _first_heading(whole.text),
        page_starts=whole.page_starts if extract.is_paged else (),
        date=extract.date,
        author=extract.author,
        type=extract.type,
        language=extract.language,
        flags=tuple(sorted(flags)),
    )


def _first_heading(text: str) -> str | None:
    heading = _FIRST_HEADING.search(text)
    return heading.group(1).strip()[:_LONGEST_TITLE] or None if heading else None
