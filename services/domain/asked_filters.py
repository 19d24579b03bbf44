"""Filters that a person wrote into a question: "since:2026-01 type:pdf author:Анна what was said about…"."""

import calendar
import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.domain.errors import FilterUnclear
from services.domain.knowledge import SearchFilters

_KEYS = {
    "since": "since", "from": "since", "с": "since",
    "until": "until", "to": "until", "по": "until",
    "type": "type", "тип": "type",
    "author": "author", "автор": "author",
}  # fmt: skip
_FILTER = re.compile(rf'(?<!\S)({"|".join(_KEYS)}):(?:"([^"\n]+)"|«([^»\n]+)»|([^\s"«]\S*))', re.IGNORECASE)
"""A value follows its colon at once: "по: телефону" is no filter."""
_SPACES = re.compile(r"[ \t]{2,}")
_DATES = (
    re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{1,2})(?:-(?P<day>\d{1,2}))?)?"),
    re.compile(r"(?:(?:(?P<day>\d{1,2})\.)?(?P<month>\d{1,2})\.)?(?P<year>\d{4})"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    text: str
    """The question itself."""
    filters: SearchFilters = field(default_factory=SearchFilters)


def read_filters(text: str) -> Asked:
    """Raises FilterUnclear (facts `filter`, as it was written)."""
    given: dict[str, Any] = {}
    for found in _FILTER.finditer(text):
        key, value = _KEYS[found[1].lower()], (found[2] or found[3] or found[4]).strip()
        given[key] = _date(value, key, found[0]) if key in ("since", "until") else value
    filters = SearchFilters(**given)
    if filters.since and filters.until and filters.since > filters.until:
        raise FilterUnclear("no day between", filter=f"since:{filters.since} until:{filters.until}")
    return Asked(_SPACES.sub(" ", _FILTER.sub(" ", text)).strip() if filters else text, filters)


def has_filters(text: str) -> bool:
    return _FILTER.search(text) is not None


def read_date(value: str, *, is_end: bool) -> date:
    """2026, 2026-01, 2026-01-31, 01.2026, 31.01.2026: the first or the last day of it. Raises FilterUnclear."""
    for form in _DATES:
        if match := form.fullmatch(value):
            given = {name: int(number) for name, number in match.groupdict().items() if number}
            year, month = given["year"], given.get("month", 12 if is_end else 1)
            try:
                last = calendar.monthrange(year, month)[1]
                return date(year, month, given.get("day", last if is_end else 1))
            except (ValueError, IndexError) as error:
                raise FilterUnclear(f"no such day: {type(error).__name__}", filter=value) from error
    raise FilterUnclear("not a date", filter=value)


def _date(value: str, key: str, written: str) -> date:
    try:
        return read_date(value.rstrip(",;"), is_end=key == "until")
    except FilterUnclear as error:
        raise FilterUnclear(str(error), filter=written) from error
