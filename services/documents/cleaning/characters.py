"""Characters that are no part of a text."""

import re

_CONTROLS = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffc]")
_DIRECTIONS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
_TAGS = re.compile("[\U000e0000-\U000e007f]+")
"""Invisible copies of ASCII: flags of countries' parts end with a few; texts for models' eyes are made of them."""
_FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007f]+")
_LEAST_HIDDEN = 8


def clean_characters(text: str) -> str:
    """Lines end with \\n; form feeds and vertical tabs end them too."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\v", "\n").replace("\x85", "\n")
    if text.isascii() and not _CONTROLS.search(text):
        return text
    return _TAGS.sub("", _SPACES.sub(" ", _DIRECTIONS.sub("", _CONTROLS.sub("", text))))


def has_invisible_text(text: str) -> bool:
    return not text.isascii() and sum(len(tags) for tags in _TAGS.findall(_FLAG.sub("", text))) >= _LEAST_HIDDEN
