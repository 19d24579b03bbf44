"""Which links Telegram accepts inside a text, and in what form it keeps them."""

import re
from urllib.parse import parse_qs, urlsplit

_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_HOST = re.compile(r"^(?:[\w-]+\.)+[\w-]{2,}(?::\d+)?$|^(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?$|^localhost(?::\d+)?$")
ACCEPTED_SCHEMES = frozenset({"http", "https", "ftp", "tg", "ton", "tonsite"})


def mentioned_user_id(url: str) -> int | None:
    """The user of a tg://user?id=… link."""
    parts = urlsplit(url)
    if parts.scheme.lower() != "tg" or (parts.netloc or parts.path).lower() != "user":
        return None
    value = parse_qs(parts.query).get("id", [""])[0]
    return int(value) if value.isdecimal() and int(value) > 0 else None


def checked_link(url: str) -> str:
    """The link as Telegram stores it, or "" when it is not a link: such an entity is dropped without a word."""
    url = url.strip()
    if not url or any(char.isspace() for char in url):
        return ""
    if not _SCHEME.match(url) or _HOST.match(url.split("/")[0]):
        url = f"http://{url}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in ACCEPTED_SCHEMES:
        return ""
    if scheme in {"tg", "ton"}:
        return url
    host = parts.netloc.rpartition("@")[2].lower()
    if not _HOST.match(host):
        return ""
    return url if parts.path or parts.query or parts.fragment else f"{url}/"
