"""Which documents a search's filters let through."""

from datetime import date, datetime

from services.domain.knowledge import SearchFilters

_FORMATS = {
    "word": "docx", "ворд": "docx", "excel": "xlsx", "эксель": "xlsx", "powerpoint": "pptx", "презентация": "pptx",
    "md": "markdown", "txt": "text", "текст": "text", "htm": "html", "страница": "html", "email": "mail", "eml": "mail",
    "письмо": "mail", "почта": "mail", "книга": "epub", "пдф": "pdf",
}  # fmt: skip
"""As people call them."""


def admits(
    filters: SearchFilters, *, dated: date | None, added: datetime | None, author: str | None, type_: str, format_: str
) -> bool:
    """A document without any date lies in no period."""
    return (
        _in_period(filters, dated or (added.date() if added else None))
        and (filters.author is None or _plain(filters.author) in _plain(author or ""))
        and (filters.type is None or _is_of_type(_plain(filters.type), _plain(type_), _plain(format_)))
    )


def _in_period(filters: SearchFilters, day: date | None) -> bool:
    if filters.since is None and filters.until is None:
        return True
    return day is not None and (filters.since or day) <= day <= (filters.until or day)


def _is_of_type(wanted: str, type_: str, format_: str) -> bool:
    return format_ in (wanted, _FORMATS.get(wanted)) or wanted in type_


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").split())
