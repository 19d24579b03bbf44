"""What a page holds that a browser does not show."""

import datetime as dt
import re
from dataclasses import dataclass
from html.parser import HTMLParser

_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_UNSEEN_ANYWAY = frozenset({"script", "style", "template", "noscript", "head", "title", "option", "select"})
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:\.0+)?\s*(?:;|$)|font-size\s*:\s*[01](?:\.\d+)?(?:px|pt)?\s*(?:;|$)"
    r"|text-indent\s*:\s*-\d{3,}",
    re.I,
)
_DATES = ("article:modified_time", "article:published_time", "date", "dcterms.date", "dc.date", "last-modified")
_MOST_FACTS = 200
_LEAST_HIDDEN_WORDS = 8
"""In one piece: menus and labels for screen readers hide a few; instructions for a model are sentences."""


@dataclass(frozen=True, slots=True)
class PageFacts:
    title: str | None
    author: str | None
    date: dt.date | None
    has_hidden_text: bool
    is_too_deep: bool


def look_into(page: str, deepest: int) -> PageFacts:
    walker = _Walker(deepest)
    walker.feed(page)
    title = " ".join("".join(walker.title).split())[:200]
    author = " ".join(walker.meta.get("author", "").split())[:200]
    date = next((day for name in _DATES if (day := _day(walker.meta.get(name, "")))), None)
    return PageFacts(
        title or None, author or None, date, walker.longest_hidden >= _LEAST_HIDDEN_WORDS, walker.is_too_deep
    )


def _day(value: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value[:10])
    except ValueError:
        return None


class _Walker(HTMLParser):
    def __init__(self, deepest: int) -> None:
        super().__init__()
        self.title: list[str] = []
        self.meta: dict[str, str] = {}
        self.longest_hidden = 0
        self.is_too_deep = False
        self._deepest = deepest
        self._open: list[tuple[str, bool, bool]] = []
        """Tag, whether it hides what is in it from readers, whether that is no text at all."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "meta":
            self._note(dict(attrs))
        if tag in _VOID or self.is_too_deep:
            return
        hidden, silent = self._open[-1][1:] if self._open else (False, False)
        facts = dict(attrs)
        hides = "hidden" in facts or bool(_HIDING.search(facts.get("style") or ""))
        self._open.append((tag, hidden or hides, silent or tag in _UNSEEN_ANYWAY))
        self.is_too_deep = len(self._open) > self._deepest

    def _note(self, facts: dict[str, str | None]) -> None:
        name = (facts.get("name") or facts.get("property") or "").lower()
        if name and len(self.meta) < _MOST_FACTS:
            self.meta.setdefault(name, facts.get("content") or "")

    def handle_endtag(self, tag: str) -> None:
        if any(name == tag for name, _, _ in self._open):
            while self._open.pop()[0] != tag:
                continue  # elements that nobody closed end with theirs

    def handle_data(self, data: str) -> None:
        if not self._open:
            return
        tag, hidden, silent = self._open[-1]
        if tag == "title":
            self.title.append(data)
        elif hidden and not silent:
            self.longest_hidden = max(self.longest_hidden, len(data.split()))
