"""Text for the eye becomes text for the ear: no marks, no links, no numbers of sources."""

import re
import unicodedata
from collections.abc import Sequence

_CODE_BLOCK = re.compile(r"```.*?(?:```|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*\)")
_ADDRESS = re.compile(r"(?:[^\s()]*://|\bwww\.)[^\s()]*(?:\([^\s()]*\)[^\s()]*)*", re.IGNORECASE)
_CITATION = re.compile(r"[ \t]*\[\d+(?:\s*[,;–-]\s*\d+)*\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}\s+|>+\s?|[-*+•–—]\s+|[-*_=|:\s]{3,}$)", re.MULTILINE)
_LIST_MARK = re.compile(r"^(?:[-+•–—]+\s+)+")
"""Once more, where something else stood before it."""
_EMPHASIS = re.compile(r"(\*{1,3}|_{2,3}|~~|\|\||`+)(?=\S)(.+?)(?<=\S)\1", re.DOTALL)
_ITALIC = re.compile(r"(?<!\w)_(?=\S)([^_\n]+?)(?<=\S)_(?!\w)")
_MARKS = re.compile(r"[*`~|<>{}\[\]\\^#]|_{2,}")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)|«\s*»|“\s*”")
_BEFORE_SIGN = re.compile(r"\s+([,.;:!?…])")
_SENTENCE = re.compile(r"(?<=[.!?…])\s+")
_ENDS = (".", "!", "?", "…", ":", ";", ",")
_PICTURES = ("So", "Sk", "Cs", "Co", "Cn", "Cf", "Cc")
"""Unicode categories that a voice stumbles over: emoji and their joiners, private and control characters."""


def readable(text: str) -> str:
    """One line for each line that is left, each ended by a sign, so that the voice pauses there."""
    kept = _CODE_BLOCK.sub(" ", text)
    for pattern, instead in ((_LINK, r"\1"), (_ADDRESS, " "), (_CITATION, ""), (_TAG, " "), (_LINE_MARK, "")):
        kept = pattern.sub(instead, kept)
    kept = _ITALIC.sub(r"\1", _EMPHASIS.sub(r"\2", _EMPHASIS.sub(r"\2", kept)))
    kept = _EMPTY_BRACKETS.sub(" ", _MARKS.sub(" ", _without_pictures(kept)))
    lines = (_LIST_MARK.sub("", _BEFORE_SIGN.sub(r"\1", " ".join(line.split()))) for line in kept.splitlines())
    return "\n".join(_ended(line) for line in lines if any(letter.isalnum() for letter in line))


def shortened(parts: Sequence[str], ending: str, limit: int) -> str:
    """The parts that fit into `limit` characters, made readable; what had to be left out is told by `ending`.

    A part is left out whole; only a first one that is too long by itself is cut, after a sentence or at least a word.
    """
    said = [text for part in parts if (text := readable(part))]
    whole = "\n\n".join(said)
    if len(whole) <= limit:
        return whole
    room = limit - len(ending) - 2
    kept: list[str] = []
    for text in said:
        if len("\n\n".join([*kept, text])) > room:
            break
        kept.append(text)
    return "\n\n".join([*(kept or [_beginning(said[0], room)]), ending]).strip()


def _beginning(text: str, room: int) -> str:
    kept = ""
    for sentence in _SENTENCE.split(text):
        longer = f"{kept} {sentence}".strip()
        if len(longer) > room:
            break
        kept = longer
    if kept:
        return kept
    cut = text[: max(room - 1, 0)]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:- ") + "…"


def _ended(line: str) -> str:
    return line if line.endswith(_ENDS) or line.rstrip("»”\"')").endswith(_ENDS) else f"{line}."


def _without_pictures(text: str) -> str:
    return "".join(
        letter if letter in "\n\t" or unicodedata.category(letter) not in _PICTURES else " " for letter in text
    ).replace("\ufe0f", "")
