"""What people write into a document's passport, read in either language."""

import re
from datetime import date

from services.domain.catalogue import PassportEdit, PassportField

_NOTHING = frozenset({"-", "–", "—", "нет", "убрать", "удалить", "никогда", "none", "no", "never", "off", "clear"})
_ALWAYS = _NOTHING | {"бессрочно", "всегда", "навсегда", "always", "forever"}
_RUSSIAN = ("янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for names in (_RUSSIAN, _ENGLISH) for number, name in enumerate(names, start=1)} | {"май": 5}
_ISO = r"(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
_DOTTED = r"(?P<d2>\d{1,2})[./](?P<m2>\d{1,2})[./](?P<y2>\d{4}|\d{2})"
_NAME = "|".join(_MONTHS)
_DAY_MONTH = rf"(?P<d3>\d{{1,2}})\s+(?P<m3>{_NAME})[a-zа-я]*\.?,?(?:\s+(?P<y3>\d{{4}}))?"
_MONTH_DAY = rf"(?P<m4>{_NAME})[a-z]*\.?\s+(?P<d4>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:,?\s+(?P<y4>\d{{4}}))?"
_DATE = re.compile(rf"\b(?:{_ISO}|{_DOTTED}|{_DAY_MONTH}|{_MONTH_DAY})", re.IGNORECASE)
_SINCE = re.compile(r"(?:^|\s)(?:с|со|from|since|starting)\s*$", re.IGNORECASE)
_UNITS = {
    "д": 1,
    "су": 1,
    "d": 1,
    "нед": 7,
    "w": 7,
    "мес": 30,
    "m": 30,
    "кварт": 91,
    "q": 91,
    "г": 365,
    "л": 365,
    "y": 365,
}
_PERIOD = re.compile(
    r"(?P<count>\d{1,4})?\s*(?P<unit>дн|ден|дня|сут|day|daily|недел|нед|week|мес|month|кварт|quarter|год|лет|year)",
    re.IGNORECASE,
)
_HALF_YEAR = re.compile(r"полгода|half\s+a?\s*year", re.IGNORECASE)


def read_note(words: str) -> PassportEdit:
    said = words.strip()
    return {PassportField.NOTE: None if said.casefold() in _NOTHING else said}


def read_validity(words: str, today: date) -> PassportEdit | None:
    """One day is the last one, unless "from" stands before it; two are the first and the last. None: no day could be
    read."""
    said = words.strip()
    if said.casefold().rstrip(".!") in _ALWAYS:
        return {PassportField.VALID_FROM: None, PassportField.VALID_UNTIL: None}
    found = list(_DATE.finditer(said))
    days = [_day(one, today) for one in found]
    if not days or len(days) > 2 or None in days:
        return None
    if len(days) == 2:
        return {PassportField.VALID_FROM: days[0], PassportField.VALID_UNTIL: days[1]}
    begins = _SINCE.search(said[: found[0].start()]) is not None
    return {PassportField.VALID_FROM if begins else PassportField.VALID_UNTIL: days[0]}


def read_refresh(words: str) -> PassportEdit | None:
    """Days, or a period by its name. None: it could not be read."""
    said = words.strip().casefold()
    if said.rstrip(".!") in _NOTHING:
        return {PassportField.REFRESH_DAYS: None}
    if said.isdecimal():
        return {PassportField.REFRESH_DAYS: int(said[:6])}
    if _HALF_YEAR.search(said):
        return {PassportField.REFRESH_DAYS: 182}
    found = _PERIOD.search(said)
    if found is None:
        return None
    unit = next(days for beginning, days in _UNITS.items() if found["unit"].startswith(beginning))
    return {PassportField.REFRESH_DAYS: int(found["count"] or 1) * unit}


def _day(found: re.Match[str], today: date) -> date | None:
    """Without a year: the next such day. None: there is no such day."""
    parts = {name[0]: value for name, value in found.groupdict().items() if value is not None}
    month = int(parts["m"]) if parts["m"].isdecimal() else _MONTHS[parts["m"].casefold()]
    year = int(parts["y"]) if "y" in parts else today.year
    year += 2000 if year < 100 else 0
    try:
        day = date(year, month, int(parts["d"]))
        return day.replace(year=year + 1) if "y" not in parts and day < today else day
    except ValueError:
        return None
