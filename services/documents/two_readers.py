"""What one reader of a page lost, made good from what another one read."""

import re

_WORD = re.compile(r"[^\W\d_]{4,}")
"""Shorter ones are everywhere, and prove nothing."""
_TOKEN = re.compile(r"[^\W\d_]{16,}")
_SPACE = re.compile(r"\s+")
_MOSTLY = 0.6
"""Share of a line's words that are missing, for the line to be missing."""
_NOTABLE = 0.05
"""Share of a page's words."""


def mended(page: str, other: str) -> str:
    """`page` with the words that ran together apart, and with the lines that only `other` has at its end."""
    return _with_lost_lines(_unglued(page, other), other)


def _unglued(page: str, other: str) -> str:
    words = set(_TOKEN.findall(other))
    if all(token in words for token in _TOKEN.findall(page)):
        return page
    places = [at for at, char in enumerate(other) if not char.isspace()]
    squeezed = _SPACE.sub("", other)

    def apart(token: re.Match[str]) -> str:
        at = squeezed.find(token.group()) if token.group() not in words else -1
        if at < 0:
            return token.group()
        piece = other[places[at] : places[at + len(token.group()) - 1] + 1]
        return _SPACE.sub(" ", piece)

    return _TOKEN.sub(apart, page)


def _with_lost_lines(page: str, other: str) -> str:
    """Compared without spaces and hyphens: a word that is broken at the end of a line is not lost."""
    there = _bare(page)
    known: dict[str, bool] = {}

    def is_lost(word: str) -> bool:
        if word not in known:
            known[word] = word not in there
        return known[word]

    words = [word.lower() for word in _WORD.findall(other)]
    if not words or sum(map(is_lost, words)) < _NOTABLE * len(words):
        return page
    lost = []
    for line in other.split("\n"):
        own = [word.lower() for word in _WORD.findall(line)]
        if own and _bare(line) not in there and sum(map(is_lost, own)) >= _MOSTLY * len(own):
            lost.append(line.strip())
    return f"{page}\n\n{chr(10).join(lost)}" if lost else page


def _bare(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
