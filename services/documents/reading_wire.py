"""What the reading child says: a JSON object a line, the last one `end` or `error`."""

import datetime as dt
import json
from dataclasses import asdict, replace
from typing import Any

from services.domain.errors import (
    DocumentDamaged,
    DocumentEmpty,
    DocumentProtected,
    DocumentRefused,
    DocumentTooHeavy,
    DocumentTooLarge,
    DocumentUnsupported,
    FilesUnavailable,
    MuzaError,
)
from services.domain.language import Language
from services.domain.passport import DocumentFlag
from services.domain.reading import ReadDocument

ERRORS = {
    kind.code: kind
    for kind in (
        DocumentRefused,
        DocumentUnsupported,
        DocumentDamaged,
        DocumentProtected,
        DocumentEmpty,
        DocumentTooLarge,
        DocumentTooHeavy,
        FilesUnavailable,
    )
}
END = b'{"kind": "end"}\n'


class EndOfWords:
    """All documents were told."""


def line_of(said: ReadDocument | MuzaError) -> bytes:
    if isinstance(said, MuzaError):
        content: dict[str, Any] = {"kind": "error", "code": said.code, "detail": str(said)[:500]}
    else:
        content = {"kind": "document", **asdict(said)}
    return json.dumps(content, default=str, ensure_ascii=True).encode() + b"\n"


def read_line(line: bytes) -> ReadDocument | MuzaError | EndOfWords:
    """Raises ValueError for what no child of ours says."""
    content = json.loads(line)
    try:
        kind = content.pop("kind")
        if kind == "end":
            return EndOfWords()
        if kind == "error":
            return ERRORS[content["code"]](content["detail"])
        return _document(content)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("nothing that a child says") from error


def _document(content: dict[str, Any]) -> ReadDocument:
    document = ReadDocument(**content)
    date, language = content["date"], content["language"]
    return replace(
        document,
        page_starts=tuple(content["page_starts"]),
        date=dt.date.fromisoformat(date) if date else None,
        language=Language(language) if language else None,
        flags=tuple(DocumentFlag(flag) for flag in content["flags"]),
    )
