"""Untrusted text inside a prompt: it may say anything, but it cannot close its fence or speak as the system.

The fences are tags with a nonce that the text's author cannot know (`<brief nonce="…">`). Imitations are defused
anyway, since a model may not compare nonces: the angle bracket of anything that reads like one of our tags, or like a
control token of a chat template, becomes a single guillemet. Words are left alone: a brief about `<b>` tags stays one.
"""

import re

FENCES = (
    "passages",
    "brief",
    "material",
    "previous",
    "instruction",
    "question",
    "history",
    "answer",
    "problems",
    "project",
    "transcript",
    "query",
)

_INVISIBLE = "\u200c\u200d\ufe0e\ufe0f\u00ad"
"""Joiners and variation selectors belong to emoji and some scripts, so they stay; the pattern looks through them."""
_REMOVED = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\U000e0000-\U000e007f]")
"""Zero-width spaces, direction overrides and tag characters: a person does not see them, a model reads them."""
_BRACKET = "[<\uff1c\ufe64\u2039\u2329\u27e8\u3008]"


def _seen_through(word: str) -> str:
    return f"[{_INVISIBLE}]*".join(map(re.escape, word))


_TAG = re.compile(
    rf"{_BRACKET}(?=[\s/\\{_INVISIBLE}]*(?:{'|'.join(map(_seen_through, FENCES))}|system|assistant|user)\b)",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"<(?=\||<\s*/?\s*SYS|/?s>|start_of_turn|end_of_turn)|\[(?=/?INST\])")
_NUMBERED_LINE = re.compile(r"^([ \t]*)\[(\d{1,3})\]", re.MULTILINE)


def fence(text: object) -> str:
    """`text` made safe to stand between fence tags."""
    clean = _REMOVED.sub("", str(text).replace("\r\n", "\n").replace("\x00", ""))
    clean = _TAG.sub("\u2039", clean)
    return _CONTROL.sub(lambda match: "\u2039" if match[0] == "<" else "(", clean).strip()


def fence_passage(text: object) -> str:
    """`fence`, and no line of a document may pass for the numbered heading of another passage."""
    return _NUMBERED_LINE.sub(r"\1(\2)", fence(text))


def fence_line(text: object) -> str:
    """`fence` for a heading: one line."""
    return " ".join(fence(text).split())
