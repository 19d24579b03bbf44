"""What a fetched file is called where it is kept."""

import mimetypes
import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

PAGE = ".html"
_PAGES = frozenset({"text/html", "application/xhtml+xml"})
_NOT_READ = ("image/", "video/", "audio/", "font/", "text/css", "text/javascript", "application/javascript")
_PAGE_SUFFIXES = frozenset({PAGE, ".htm", ".xhtml", ".php", ".asp", ".aspx", ".jsp"})
_PLAIN = re.compile(r"[^\w.-]+", re.ASCII)
_LONGEST, _LONGEST_SUFFIX = 80, 10


def is_page(content_type: str) -> bool:
    return content_type in _PAGES


def is_readable(content_type: str) -> bool:
    """Only what is no document for certain is refused: servers know little of their files."""
    return not content_type.startswith(_NOT_READ)


def name_of(url: str, content_type: str, told: str | None) -> str:
    """`told`: by the server, for saving it."""
    parts = urlsplit(url)
    name = PurePosixPath((told or "").replace("\\", "/")).name or PurePosixPath(unquote(parts.path)).name
    name = safe_name(name) if name else safe_name(f"{parts.hostname or 'page'}.")
    if is_page(content_type):
        path = PurePosixPath(name)
        return f"{path.stem if path.suffix in _PAGE_SUFFIXES else name}{PAGE}"
    return name if PurePosixPath(name).suffix else f"{name}{mimetypes.guess_extension(content_type) or ''}"


def safe_name(name: str) -> str:
    """One that is a plain name on every disk and in every store; people read the original one."""
    path = PurePosixPath(name.replace("\\", "/"))
    suffix = _PLAIN.sub("", path.suffix.lower())
    suffix = suffix if 1 < len(suffix) <= _LONGEST_SUFFIX else ""
    stem = _PLAIN.sub("_", path.stem if suffix else path.name).strip("._-")
    return f"{stem[:_LONGEST] or 'file'}{suffix}"
