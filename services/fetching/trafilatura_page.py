"""A web page as Markdown without its menus and footers: trafilatura (https://trafilatura.readthedocs.io)."""

import datetime as dt
from contextlib import suppress

from trafilatura import extract_with_metadata

from services.domain.errors import DocumentEmpty
from services.domain.language import Language
from services.domain.reading import ReadDocument

FORMAT = "html"


def read_page(content: bytes, url: str) -> ReadDocument:
    """Raises DocumentEmpty: nothing but menus, or a page that only a browser can put together."""
    page = extract_with_metadata(
        content,
        url=url,
        output_format="markdown",
        include_comments=False,
        include_tables=True,
        include_formatting=True,
        deduplicate=True,
    )
    text = (page.text or "").strip() if page else ""
    if page is None or not text:
        raise DocumentEmpty("a page without a text", name=url)
    return ReadDocument(
        name=url,
        text=f"{text}\n",
        format=FORMAT,
        title=page.title or None,
        date=_date(page.date),
        author=page.author or None,
        language=_language(page.language),
    )


def _date(written: str | None) -> dt.date | None:
    with suppress(ValueError, TypeError):
        return dt.date.fromisoformat((written or "")[:10])
    return None


def _language(code: str | None) -> Language | None:
    with suppress(ValueError):
        return Language((code or "").lower()[:2])
    return None
