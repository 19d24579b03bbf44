"""A letter: who wrote what to whom and when, and what hangs on it."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message, MIMEPart
from email.parser import BytesParser
from email.utils import parsedate_to_datetime

from services.documents.budget import Budget
from services.documents.extract import Extract, Member
from services.documents.html_reading import read_html
from services.documents.limits import ReadLimits
from services.documents.text_encoding import decode
from services.domain.errors import DocumentDamaged, DocumentRefused

_HEADERS = ("From", "To", "Cc", "Date", "Subject")
_LETTER = re.compile(rb"^From [^\r\n]*\r?\n", re.M)
_BLANK = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Letter:
    text: Extract
    attachments: tuple[Member, ...]


def read_letter(content: bytes, limits: ReadLimits, budget: Budget) -> Letter:
    """Raises DocumentRefused (without its name)."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(content)
        parts = list(_leaves(message, budget, limits.depth))
        headers = _headers(message)
    except (MessageError, ValueError, LookupError, AttributeError, IndexError, TypeError) as error:  # its parser's own
        raise DocumentDamaged(f"mail: {type(error).__name__}") from error
    bodies = [part for part in parts if not _is_attached(part)]
    attachments = [part for part in parts if _is_attached(part)]
    body = "\n\n".join(text for text in (_body(part, limits) for part in _chosen(bodies)) if text.strip())
    head = "\n".join(f"**{name}:** {value}  " for name, value in headers.items())
    extract = Extract(
        pages=(f"{head}\n\n{_BLANK.sub(chr(10) * 2, body)}",),
        title=headers.get("Subject"),
        author=headers.get("From"),
        date=_day(headers.get("Date", "")),
    )
    return Letter(extract, tuple(_member(part, number) for number, part in enumerate(attachments, start=1)))


def letters_of(content: bytes) -> Iterator[bytes]:
    """Of a mailbox file (RFC 4155): a line "From …" after an empty one begins each."""
    marks = [mark for mark in _LETTER.finditer(content) if _begins_letter(content, mark.start())]
    ends = [*(mark.start() for mark in marks[1:]), len(content)]
    yield from (content[mark.end() : end] for mark, end in zip(marks, ends, strict=True))


def _begins_letter(content: bytes, at: int) -> bool:
    return at == 0 or content[max(at - 4, 0) : at].endswith((b"\n\n", b"\n\r\n"))


def _leaves(message: MIMEPart, budget: Budget, depth: int) -> Iterator[MIMEPart]:
    """Letters in it stay whole: they are attachments. Without recursion, which its author could lead anywhere."""
    waiting: list[tuple[MIMEPart, int]] = [(message, 0)]
    while waiting:
        part, level = waiting.pop(0)
        budget.take_entries(1)
        if level > depth * 8:
            raise budget.spent("parts in one another without end")
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting[0:0] = [(inner, level + 1) for inner in part.get_payload() if isinstance(inner, MIMEPart)]
        else:
            yield part


def _is_attached(part: MIMEPart) -> bool:
    return part.get_content_disposition() == "attachment" or part.get_content_maintype() != "text"


def _chosen(bodies: list[MIMEPart]) -> list[MIMEPart]:
    """A text and its copy as a page say the same."""
    plain = [part for part in bodies if part.get_content_subtype() != "html"]
    return plain or bodies


def _body(part: MIMEPart, limits: ReadLimits) -> str:
    raw = part.get_payload(decode=True)
    content = raw if isinstance(raw, bytes) else b""
    charset = part.get_content_charset()
    try:
        text = content.decode(charset) if charset else (decode(content) or "")
    except (LookupError, UnicodeDecodeError):
        text = decode(content) or ""
    if part.get_content_subtype() != "html" or not text.strip():
        return text.replace("\r\n", "\n")
    try:
        return "\n\n".join(read_html(text.encode("utf-8", errors="replace"), limits).pages)
    except DocumentRefused:
        return ""


def _headers(message: EmailMessage) -> dict[str, str]:
    found = ((name, " ".join(str(message.get(name, "")).split())[:1000]) for name in _HEADERS)
    return {name: value for name, value in found if value}


def _day(date: str) -> dt.date | None:
    try:
        return parsedate_to_datetime(date).date() if date else None
    except (ValueError, TypeError, IndexError):
        return None


def _member(part: MIMEPart, number: int) -> Member:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        content = inner[0].as_bytes() if isinstance(inner, list) and isinstance(inner[0], Message) else b""
        return Member(f"{number}.eml", content)
    raw = part.get_payload(decode=True)
    name = (part.get_filename() or f"{number}").replace("\\", "/").rpartition("/")[2][-200:]
    return Member(name or f"{number}", raw if isinstance(raw, bytes) else b"")
