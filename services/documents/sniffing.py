"""What a file is, by its content. Its name decides only between kinds of plain text."""

import io
import re
import zipfile
from pathlib import PurePosixPath

from services.documents.text_encoding import decode
from services.domain.errors import DocumentDamaged, DocumentProtected, DocumentUnsupported

TEXTS = frozenset({"text", "markdown"})
_OFFICE = {".doc", ".docx", ".docm", ".xls", ".xlsx", ".xlsm", ".ppt", ".pptx", ".pptm", ".odt", ".ods", ".odp", ".rtf"}
_PAGES = {".pdf", ".epub", ".html", ".htm", ".xhtml", ".xml"}
_PLAIN = {
    ".md",
    ".markdown",
    ".txt",
    ".text",
    ".log",
    ".csv",
    ".tsv",
    ".json",
    ".yaml",
    ".yml",
    ".ipynb",
    ".srt",
    ".vtt",
}
PLAIN_SUFFIXES = frozenset({".md", ".markdown", ".txt"})
SUFFIXES = frozenset(_OFFICE | _PAGES | _PLAIN | {".eml", ".mbox", ".msg", ".zip"})
"""Of files that are worth trying."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", "locked"),
    ("__substg1.0_", "msg"),
    ("WordDocument", "doc"),
    ("PowerPoint Document", "ppt"),
    ("Workbook", "xls"),
    ("Book", "xls"),
)
_PARTS = (("word/", "docx"), ("ppt/", "pptx"), ("xl/", "xlsx"))
_OPEN_DOCUMENTS = {
    "application/epub+zip": "epub",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
}
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.I)
_PROLOGUE = (("<?", "?>"), ("<!--", "-->"))
_HTML_TAGS = re.compile(r"<(?:p|div|span|table|a|h[1-6]|ul|ol|br|body|meta)\b[^<>]*>", re.I)
_MAIL_FACTS = re.compile(r"^(From|To|Subject|Date|Message-ID|MIME-Version|Received|Return-Path):", re.M | re.I)
_HEADER_LINE = re.compile(r"[A-Za-z][A-Za-z0-9-]*:[ \t\n]")
_MBOX = re.compile(r"From \S+ .*\d\d:\d\d")
_BY_NAME = {
    ".csv": "csv",
    ".tsv": "csv",
    ".md": "markdown",
    ".markdown": "markdown",
    ".eml": "mail",
    ".mbox": "mbox",
    ".xml": "xml",
}
_HEAD = 65536


def sniff(content: bytes, name: str) -> str:
    """The format's name, as `ReadDocument.format` has it, or "zip". Raises DocumentRefused (without its name)."""
    head = content[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _packed(content)
    if head.startswith(_OLE):
        return _ole(content)
    if head.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    text = decode(content)
    if text is None:
        raise DocumentUnsupported("not a text, nor any format that is read")
    return _text_kind(text[:_HEAD], PurePosixPath(name).suffix.lower())


def is_plain(content: bytes, name: str) -> bool:
    """Text or Markdown, and not only by its name."""
    head = content[:_HEAD]
    if b"%PDF-" in head[:1024] or head.startswith((b"PK", _OLE)) or head.lstrip().startswith(b"{\\rtf"):
        return False
    text = decode(content)
    return text is not None and _text_kind(text[:_HEAD], PurePosixPath(name).suffix.lower()) in TEXTS


def _packed(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [info.filename for info in archive.infolist()[:20_000]]
            if "mimetype" in names and (kind := _declared(archive)):
                return kind
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, RuntimeError) as error:
        raise DocumentDamaged(f"ZIP: {error}") from error
    if "[Content_Types].xml" in names:
        for folder, kind in _PARTS:
            if any(name.startswith(folder) for name in names):
                return kind
    return "zip"


def _declared(archive: zipfile.ZipFile) -> str | None:
    with archive.open("mimetype") as file:
        return _OPEN_DOCUMENTS.get(file.read(200).decode("ascii", errors="replace").strip())


def _ole(content: bytes) -> str:
    """By the names in its directory, which are UTF-16."""
    for stream, kind in _OLE_STREAMS:
        if stream.encode("utf-16-le") in content:
            if kind == "locked":
                raise DocumentProtected("an office file in an encrypted package")
            return kind
    raise DocumentUnsupported("a compound file of another program")


def _text_kind(text: str, suffix: str) -> str:
    is_html = _HTML.match(_below_prologue(text)) or (suffix in _PAGES and _HTML_TAGS.search(text))
    if is_html and suffix != ".xml":
        return "html"
    if suffix in _BY_NAME:
        return _BY_NAME[suffix]
    if text.lstrip().startswith("<?xml"):
        return "xml"
    if _is_mail(text):
        return "mbox" if _MBOX.match(text) else "mail"
    return "ipynb" if suffix == ".ipynb" and text.lstrip().startswith("{") else "text"


def _below_prologue(text: str) -> str:
    rest = text.lstrip()
    while opened := next((pair for pair in _PROLOGUE if rest.startswith(pair[0])), None):
        _, closed, rest = rest.partition(opened[1])
        if not closed:
            return ""
        rest = rest.lstrip()
    return rest


def _is_mail(text: str) -> bool:
    """Headers at its very top that only letters have together."""
    header = text.replace("\r\n", "\n").partition("\n\n")[0]
    is_headed = bool(_HEADER_LINE.match(header) or _MBOX.match(header))
    return is_headed and len({found.lower() for found in _MAIL_FACTS.findall(header)}) >= 3
