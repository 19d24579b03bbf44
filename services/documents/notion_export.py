"""What Notion's exports do to names and links: every page, database and folder has its id in its name."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from services.documents.zip_members import Entry, numbered

_ID = re.compile(r"[ _-][0-9a-f]{32}(?=(?:_all)?(?:\.|/|$))")
_PART = re.compile(r"(?:^|/)(?:Export-|ExportBlock-)?[0-9a-f-]{36}(?:-Part-\d+)?(?:\.zip)?(?=/|$)", re.I)
_PAGE_LINK = re.compile(r"\[([^\[\]\n]{1,1000})\]\((?!https?:|mailto:)[^()\n]{0,3000}\)")
_FEW = 0.5
"""Of the pages and tables of an export: so many have ids at least."""
_READ = (".md", ".csv", ".html", ".zip")


def is_notion(names: Iterable[str]) -> bool:
    named = [name for name in names if name.lower().endswith(_READ)]
    marked = sum(bool(_ID.search(name) or _PART.search(name)) for name in named)
    return bool(named) and marked >= _FEW * len(named)


def page_names(entries: Sequence[Entry]) -> list[tuple[str, Entry]]:
    """As people call them. Of a database, which is there twice, the whole one."""
    whole = {entry.name.replace("_all.csv", ".csv") for entry in entries if entry.name.endswith("_all.csv")}
    seen: Counter[str] = Counter()
    return [
        (numbered(plain_name(entry.name), seen), entry)
        for entry in sorted(entries, key=lambda entry: entry.name)
        if entry.name not in whole
    ]


def plain_name(name: str) -> str:
    bare = _ID.sub("", _PART.sub("", name)).replace("_all.csv", ".csv").strip("/")
    return bare or PurePosixPath(name).name


def without_page_links(text: str) -> str:
    """Links between pages of the export lead nowhere here; what they are called stays."""
    return _PAGE_LINK.sub(r"\1", text) if "](" in text else text
