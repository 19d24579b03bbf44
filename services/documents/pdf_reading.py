"""A PDF: xberg's Markdown, checked against PDFium page by page."""

import re
from dataclasses import replace

from services.documents.extract import Extract
from services.documents.limits import ReadLimits
from services.documents.pdfium_pages import PdfText, read_pages
from services.documents.two_readers import mended
from services.documents.xberg_markdown import read_markdown
from services.domain.errors import DocumentDamaged, DocumentEmpty, DocumentRefused, DocumentTooHeavy
from services.domain.passport import DocumentFlag

_WORD = re.compile(r"\w+")
_ENOUGH = 0.6
"""Of PDFium's words: below it a page of xberg's has lost text."""
_AGREEING = 0.6
"""Of xberg's words: when PDFium finds fewer, one of the two is wrong."""


def read_pdf(content: bytes, limits: ReadLimits) -> Extract:
    """Raises DocumentRefused (without its name)."""
    try:
        layer = read_pages(content, limits)
    except DocumentDamaged:
        layer = PdfText((), has_hidden_text=False)  # xberg mends some that PDFium gives up
    try:
        extract = read_markdown(content, "pdf", limits)
    except DocumentTooHeavy:
        raise
    except DocumentRefused:
        if not any(page.split() for page in layer.pages):
            raise
        extract = Extract((), is_paged=True)
    pages, is_partly = _better(extract.pages, layer.pages)
    if not any(page.split() for page in pages):
        raise DocumentEmpty(f"no text on {len(pages)} pages")
    return replace(extract, pages=pages, is_paged=True, flags=_flags(pages, layer, is_partly))


def _better(markdown: tuple[str, ...], plain: tuple[str, ...]) -> tuple[tuple[str, ...], bool]:
    """Pages, and whether the two readers disagree where it cannot be helped."""
    pages: list[str] = []
    written = known = 0
    for number in range(max(len(markdown), len(plain))):
        one = markdown[number] if number < len(markdown) else ""
        other = plain[number] if number < len(plain) else ""
        has, there = words_in(one), words_in(other)
        pages.append(mended(one, other) if has >= _ENOUGH * there else other)
        written += words_in(pages[-1])
        known += there
    return tuple(pages), bool(plain) and known < _AGREEING * written


def words_in(page: str) -> int:
    """Not what Markdown draws tables with."""
    return len(_WORD.findall(page))


def _flags(pages: tuple[str, ...], layer: PdfText, is_partly: bool) -> frozenset[DocumentFlag]:
    flags = set()
    if layer.has_hidden_text:
        flags.add(DocumentFlag.HIDDEN_TEXT)
    if any(not page.split() for page in pages):
        flags.add(DocumentFlag.PAGES_WITHOUT_TEXT)
    if is_partly:
        flags.add(DocumentFlag.PARTLY_READ)
    return frozenset(flags)
