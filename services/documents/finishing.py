"""What a reader found, cleaned and put together."""

import re
from dataclasses import replace

from services.documents.cleaning.characters import has_invisible_text
from services.documents.cleaning.order import clean_pages
from services.documents.cleaning.whole_text import join_pages
from services.documents.extract import Extract
from services.documents.limits import ReadLimits
from services.documents.sniffing import TEXTS
from services.domain.errors import DocumentEmpty
from services.domain.passport import DocumentFlag
from services.domain.reading import ReadDocument

_AS_WRITTEN = TEXTS | {"slack"}
"""Nobody's program put anything into them: two short answers of a chat that are the same are two."""
_FIRST_HEADING = re.compile(r"^#{1,6}[ \t]+(.{1,1000}?)[ \t#]*$", re.MULTILINE)
_LONGEST_TITLE = 200


def finish(extract: Extract, name: str, kind: str, limits: ReadLimits) -> ReadDocument:
    """Raises DocumentEmpty."""
    flags = set(extract.flags)
    if any(has_invisible_text(page) for page in extract.pages):
        flags.add(DocumentFlag.HIDDEN_TEXT)
    whole = join_pages(extract.pages if kind in _AS_WRITTEN else clean_pages(extract.pages), limits.characters)
    if not any(char.isalnum() for char in whole.text):
        raise DocumentEmpty("no letters")
    if whole.is_shortened:
        flags.add(DocumentFlag.SHORTENED)
    document = ReadDocument(
        name=name,
        text=whole.text,
        format=kind,
        title=extract.title or _first_heading(whole.text),
        date=extract.date,
        author=extract.author,
        type=extract.type,
        language=extract.language,
        flags=tuple(sorted(flags)),
    )
    return replace(document, page_starts=whole.page_starts) if extract.is_paged else document


def _first_heading(text: str) -> str | None:
    heading = _FIRST_HEADING.search(text)
    return heading.group(1).strip()[:_LONGEST_TITLE] or None if heading else None
