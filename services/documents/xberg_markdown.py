"""Office files, HTML, RTF, EPUB and PDF as Markdown, by xberg."""

import asyncio
import datetime as dt
import secrets
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from services.documents.extract import Extract
from services.documents.limits import ReadLimits
from services.domain.errors import DocumentDamaged, DocumentProtected, DocumentRefused, DocumentTooHeavy

if TYPE_CHECKING:
    from xberg import ExtractionConfig

_OPEN_XML, _OPEN = "application/vnd.openxmlformats-officedocument", "application/vnd.oasis.opendocument"
_TYPES = {
    "pdf": "application/pdf",
    "docx": f"{_OPEN_XML}.wordprocessingml.document",
    "pptx": f"{_OPEN_XML}.presentationml.presentation",
    "xlsx": f"{_OPEN_XML}.spreadsheetml.sheet",
    "odt": f"{_OPEN}.text",
    "ods": f"{_OPEN}.spreadsheet",
    "odp": f"{_OPEN}.presentation",
    "epub": "application/epub+zip",
    "html": "text/html",
    "rtf": "application/rtf",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "msg": "application/vnd.ms-outlook",
}
"""Said aloud: left to itself it takes some of them for archives and lists their parts."""
_PAGES_OF_ITS_OWN = frozenset({"pptx", "xlsx", "xls", "ods", "odp", "ppt"})
"""Slides and sheets: listed apart, not marked in the whole text."""
_PAGED = _PAGES_OF_ITS_OWN | {"pdf"}
"""A Word file knows only the breaks that its author made, not where its pages end."""
_NO_TITLES = frozenset(
    {
        "untitled",
        "anonymous",
        "(anonymous)",
        "unspecified",
        "(unspecified)",
        "powerpoint presentation",
        "презентация powerpoint",
        "untitled spreadsheet",
        "document",
        "word document",
    }
)
"""What programs write where nobody wrote anything."""
_LOCKED = ("encrypted", "password")
_HEAVY = ("security", "bomb", "exceed", "too large", "limit", "ratio", "too many")
_TRIFLES = 0.9
"""Share of the words that page by page must be as many as in the whole."""


def read_markdown(content: bytes, kind: str, limits: ReadLimits) -> Extract:
    """`kind`: the suffix of the format, without the dot. Raises DocumentRefused (without its name)."""
    mark = f"\n\n{secrets.token_hex(16)}:"
    document = _extracted(content, kind, _config(mark + "{page_num}:\n\n", limits))
    text = document.content or ""
    pages = _listed(document, text) if kind in _PAGES_OF_ITS_OWN else _marked(text, mark.strip())
    if kind not in _PAGED:
        pages = ("\n\n".join(pages),)
    metadata = document.metadata
    return Extract(
        pages=tuple(pages),
        is_paged=kind in _PAGED and len(document.pages or ()) <= len(pages),
        title=_title(metadata.title or metadata.subject),
        author=_title(", ".join(metadata.authors or ())),
        date=_day(metadata.modified_at) or _day(metadata.created_at),
    )


def _extracted(content: bytes, kind: str, config: "ExtractionConfig") -> Any:
    import xberg

    async def extract() -> Any:
        given = xberg.ExtractInput(
            kind="bytes",  # alone: it would fetch an address
            bytes=content,
            filename=f"document.{kind}",
            mime_type=_TYPES.get(kind),
        )
        return await xberg.extract(given, config)

    try:
        result = asyncio.run(extract())
    except MemoryError:
        raise
    except BaseException as error:  # a panic of its Rust code is no Exception
        if isinstance(error, KeyboardInterrupt | SystemExit | GeneratorExit):
            raise
        raise _refusal(str(error)) from error
    if not result.results:
        raise _refusal("; ".join(error.message for error in result.errors))
    return result.results[0]


def _config(marker: str, limits: ReadLimits) -> "ExtractionConfig":
    import xberg

    return xberg.ExtractionConfig(
        output_format="markdown",
        use_cache=False,  # it would leave people's texts in the home folder
        disable_ocr=True,
        escape_markdown=False,
        max_archive_depth=0,
        html_options=xberg.ConversionOptions(extract_metadata=False),  # a YAML header, which it takes for a heading
        concurrency=xberg.ConcurrencyConfig(max_threads=1),
        pages=xberg.PageConfig(extract_pages=True, insert_page_markers=True, marker_format=marker),
        content_filter=xberg.ContentFilterConfig(include_footnotes=True, strip_repeating_text=False),
        security_limits=xberg.SecurityLimits(
            max_archive_size=limits.unpacked_bytes,
            max_compression_ratio=limits.ratio,
            max_nesting_depth=limits.tag_depth,
            max_xml_depth=limits.tag_depth,
            max_table_cells=limits.cells,
        ),
    )


def _marked(text: str, mark: str) -> tuple[str, ...]:
    """A page without text has no mark, and what stands before the first one belongs to it."""
    pages: list[str] = []
    before, *parts = text.split(mark)
    for part in parts:
        number, _, page = part.partition(":")
        wanted = int(number) if number.isdigit() else len(pages) + 1
        pages.extend("" for _ in range(min(wanted, len(pages) + 10_000) - 1 - len(pages)))
        pages.append(page.strip("\n"))
    if not pages:
        return (before,)
    return ((before.strip("\n") + "\n\n" + pages[0]).strip("\n"), *pages[1:])


def _listed(document: Any, text: str) -> tuple[str, ...]:
    pages = [_sheet(page) for page in document.pages or ()]
    if not text.strip():
        return ("",)  # of empty sheets, page by page there are the names
    if sum(len(page.split()) for page in pages) < _TRIFLES * len(text.split()):
        return (text,)
    return tuple(pages) or (text,)


def _sheet(page: Any) -> str:
    content = page.content or ""
    if page.sheet_name and content.strip() and not content.lstrip().startswith("#"):
        content = f"## {page.sheet_name}\n\n{content}"
    if page.speaker_notes and page.speaker_notes not in content:
        content = f"{content}\n\n{page.speaker_notes}"
    return content


def _title(value: str | None) -> str | None:
    title = " ".join((value or "").split())
    return title[:200] if title and title.lower() not in _NO_TITLES else None


def _day(value: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None


def _refusal(why: str) -> DocumentRefused:
    lower = why.lower()
    if any(word in lower for word in _LOCKED):
        return DocumentProtected(why[:500])
    if any(word in lower for word in _HEAVY):
        return DocumentTooHeavy(why[:500])
    return DocumentDamaged(why[:500])


def words_of(pages: Sequence[str]) -> int:
    return sum(len(page.split()) for page in pages)
