"""A person's file as briefs: one a line of a text, one a row of a table."""

import codecs
import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.assistant.brief_text import checked_brief, clean_text
from services.domain.batch import MOST_BRIEFS, BriefLine, SkippedLine, SkipReason
from services.domain.errors import BatchTooLong, BatchUnreadable, BriefTooLong, EmptyBrief

MOST_BYTES = 2_000_000
_HEADINGS = frozenset({"brief", "briefs", "бриф", "брифы", "task", "tasks", "задача", "задачи", "задание", "задания"})
_TABLES = (".csv", ".tsv")
_DELIMITERS = ",;\t"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class ReadBriefs:
    lines: tuple[BriefLine, ...]
    skipped: tuple[SkippedLine, ...]


def read_briefs(name: str, content: bytes) -> ReadBriefs:
    """In the order of the file; empty lines are nothing. Raises BatchUnreadable, BatchTooLong, EmptyBrief."""
    if len(content) > MOST_BYTES:
        raise BatchTooLong(limit=MOST_BRIEFS)
    text = _decoded(content)
    is_table = name.lower().endswith(_TABLES)
    lines: list[BriefLine] = []
    skipped: list[SkippedLine] = []
    seen: set[str] = set()
    for number, raw in _rows(text) if is_table else enumerate(_lines(text), 1):
        if not clean_text(raw):
            continue
        try:
            brief = checked_brief(raw)
        except BriefTooLong:
            skipped.append(SkippedLine(number, SkipReason.TOO_LONG))
            continue
        except EmptyBrief:
            skipped.append(SkippedLine(number, SkipReason.NO_WORDS))
            continue
        same = " ".join(brief.casefold().split())
        if same in seen:
            skipped.append(SkippedLine(number, SkipReason.DUPLICATE))
            continue
        seen.add(same)
        lines.append(BriefLine(number, brief))
    if len(lines) > MOST_BRIEFS:
        raise BatchTooLong(limit=MOST_BRIEFS)
    if not lines:
        raise EmptyBrief
    return ReadBriefs(tuple(lines), tuple(skipped))


def _decoded(content: bytes) -> str:
    """UTF-8 and UTF-16 by their marks, UTF-8 where it is valid, else the Windows code page of Russian Excel."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _as_text(content, encoding)
    try:
        return _as_text(content, "utf-8")
    except BatchUnreadable:
        if b"\0" in content:  # an archive, a picture, a workbook
            raise
        return _as_text(content, "cp1251")


def _as_text(content: bytes, encoding: str) -> str:
    """Raises BatchUnreadable."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise BatchUnreadable(f"not {encoding}") from None
    if "\0" in text:
        raise BatchUnreadable("no text")
    return text


def _lines(text: str) -> list[str]:
    """As editors number them."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _rows(text: str) -> Iterator[tuple[int, str]]:
    """Briefs of a table with the lines they begin in: of the column called so, else of the first."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    column, begins, is_first = 0, 1, True
    try:
        for row in reader:
            at, begins = begins, reader.line_num + 1
            headed = _column(row) if is_first and any(row) else None
            is_first = is_first and not any(row)
            if headed is not None:
                column = headed
            elif column < len(row):
                yield at, row[column]
    except csv.Error as error:
        raise BatchUnreadable(str(error)) from None


def _delimiter(text: str) -> str:
    """That which the first line has most of: Russian Excel separates by semicolons."""
    first = next((line for line in _lines(text) if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _column(row: Sequence[str]) -> int | None:
    """Of a row of headings."""
    names = [cell.strip().casefold() for cell in row]
    return next((at for at, name in enumerate(names) if name in _HEADINGS), None)
