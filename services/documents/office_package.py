"""The ZIP that an office file is: weighed before another library unpacks it, and searched for what it hides.

By patterns over bytes: an XML parser would have to be talked out of entities first, and the answer is yes or no.
"""

import re
from collections.abc import Iterator

from services.documents.budget import Budget
from services.documents.limits import ReadLimits
from services.documents.zip_members import ZipMembers
from services.domain.errors import DocumentDamaged
from services.domain.passport import DocumentFlag

PACKAGES = frozenset({"docx", "pptx", "xlsx", "odt", "ods", "odp", "epub"})
_WORD_PART = re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml")
_SHEET_PART = re.compile(r"xl/(?:workbook|worksheets/[^/]+)\.xml")
_SLIDE_PART = re.compile(r"ppt/slides/[^/]+\.xml")
_RUN_END = b"</w:r>"
_RUN = re.compile(rb"<w:r[ >]")
_TEXT = re.compile(rb"<w:t(?: [^<>]{0,100})?>[^<>]*\w[^<>]*<")
_VANISH = re.compile(rb"<w:vanish(?:\s+w:val=\"(?:1|true|on)\")?\s*/>")
_TINY = re.compile(rb"<w:sz w:val=\"[1-3]\"\s*/>")
"""Half points."""
_WHITE = re.compile(rb"<w:color [^<>]{0,200}?w:val=\"[Ff]{6}\"")
_GROUND = re.compile(rb"<w:(?:shd|highlight|background)[ />]|<(?:wps:wsp|v:shape|wp:anchor)[ >]")
_HIDDEN_ROW = re.compile(rb"<row [^<>]{0,2000}?\bhidden=\"(?:1|true)\"[^<>]{0,2000}>\s*<c ")
_HIDDEN_SHEET = re.compile(rb"<sheet [^<>]{0,2000}?\bstate=\"(?:hidden|veryHidden)\"")
_HIDDEN_COLUMN = re.compile(rb"<col [^<>]{0,2000}?\bhidden=\"(?:1|true)\"")
_HIDDEN_SLIDE = re.compile(rb"<p:sld [^<>]{0,5000}?\bshow=\"0\"")


def look_into_package(content: bytes, kind: str, limits: ReadLimits, budget: Budget) -> frozenset[DocumentFlag]:
    """Raises DocumentRefused (without its name)."""
    members = ZipMembers(content, limits, budget)
    if not members.entries:
        raise DocumentDamaged("an office file without parts")
    is_hidden = False
    for entry in members.entries:
        part = members.read(entry)
        is_hidden = is_hidden or any(pattern.search(part) for pattern in _patterns(kind, entry.name))
        if kind == "docx" and not is_hidden and _WORD_PART.fullmatch(entry.name):
            is_hidden = _hides_runs(part)
    return frozenset({DocumentFlag.HIDDEN_TEXT}) if is_hidden else frozenset()


def _patterns(kind: str, part: str) -> tuple[re.Pattern[bytes], ...]:
    if kind == "xlsx" and _SHEET_PART.fullmatch(part):
        return (_HIDDEN_ROW, _HIDDEN_SHEET, _HIDDEN_COLUMN)
    return (_HIDDEN_SLIDE,) if kind == "pptx" and _SLIDE_PART.fullmatch(part) else ()


def _hides_runs(part: bytes) -> bool:
    """White letters are hidden where nothing in the document could be under them."""
    is_bare = not _GROUND.search(part)
    return any(
        _VANISH.search(run) or _TINY.search(run) or (is_bare and _WHITE.search(run))
        for run in _runs(part)
        if _TEXT.search(run)
    )


def _runs(part: bytes) -> Iterator[bytes]:
    for piece in part.split(_RUN_END):
        starts = [found.start() for found in _RUN.finditer(piece)]
        if starts:
            yield piece[starts[-1] :]
