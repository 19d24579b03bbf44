"""Comma-separated values, whatever separates them, as a Markdown table."""

import csv
import io
from collections.abc import Iterator, Sequence

from services.documents.extract import Extract
from services.documents.limits import ReadLimits
from services.documents.text_encoding import decode
from services.domain.errors import DocumentDamaged
from services.domain.passport import DocumentFlag

_SEPARATORS = (";", ",", "\t", "|")
_SAMPLE_LINES = 50
_LONGEST_CELL = 2**20


def read_csv(content: bytes, limits: ReadLimits) -> Extract:
    """Raises DocumentDamaged (without a name)."""
    text = (decode(content) or "").removeprefix("\ufeff").replace("\x00", "")
    first, _, rest = text.partition("\n")
    declared = first.strip()[4:] if first.lower().startswith("sep=") else ""  # Excel's own line
    separator = declared if declared in _SEPARATORS else _separator(text)
    rows, is_shortened = _rows(rest if declared else text, separator, limits.cells)
    flags = {DocumentFlag.SHORTENED} if is_shortened else set()
    return Extract(pages=(table(rows),), flags=frozenset(flags))


def table(rows: Sequence[Sequence[str]]) -> str:
    """Its first row is the head; short rows are filled up, columns without a word left out."""
    rows = [row for row in rows if any(cell.strip() for cell in row)]
    width = max((len(row) for row in rows), default=0)
    columns = [at for at in range(width) if any(at < len(row) and row[at].strip() for row in rows)]
    lines = [_line([row[at] if at < len(row) else "" for at in columns]) for row in rows]
    if lines:
        lines.insert(1, "|" + " --- |" * len(columns))
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"


def _rows(text: str, separator: str, most_cells: int) -> tuple[list[list[str]], bool]:
    csv.field_size_limit(_LONGEST_CELL)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            if (cells := cells + len(row)) > most_cells:
                return rows, True
            rows.append(row)
    except csv.Error as error:
        raise DocumentDamaged(f"CSV: {error}") from error
    return rows, False


def _separator(text: str) -> str:
    """That which cuts most lines into as many cells as the others, and into most."""
    lines = "\n".join(text.splitlines()[:_SAMPLE_LINES])

    def merit(separator: str) -> tuple[float, int]:
        widths = list(_widths(lines, separator))
        usual = max(set(widths), key=widths.count) if widths else 1
        return (widths.count(usual) / len(widths) if usual > 1 else 0.0, usual)

    return max(_SEPARATORS, key=merit)


def _widths(lines: str, separator: str) -> Iterator[int]:
    try:
        yield from (len(row) for row in csv.reader(io.StringIO(lines), delimiter=separator) if row)
    except csv.Error:
        return
