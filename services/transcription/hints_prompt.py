"""What a listening model is told beforehand: names as they are spelt, and how the talk went on so far.

Whisper takes 224 tokens of it and drops what stands before them
(https://developers.openai.com/api/docs/guides/speech-to-text#prompting), so what is too much is left out here.
"""

import math
import re

from services.transcription.ports import Hints

MOST_TOKENS = 224
_FOR_THE_TALK = 96
"""Of them, at most, where there are names as well."""
_BYTES_PER_TOKEN = 3.5
"""Of words in small letters, English and Russian, with a reserve; a capital may begin them."""
_TOKENS_PER_CAPITAL_BYTE = 0.75
"""Of abbreviations."""


def prompt_of(hints: Hints) -> str:
    """The names in their order until the room is used up, then the end of what was said before: a model goes on from
    the last words it is given."""
    before = _last_words(hints.before, _FOR_THE_TALK if hints.glossary else MOST_TOKENS)
    names = _first_names(hints.glossary, MOST_TOKENS - estimated_tokens(before))
    return " ".join(part for part in (names, before) if part)


def estimated_tokens(text: str) -> int:
    """As many as Whisper's vocabulary makes of it, or more."""
    return math.ceil(sum(map(_word_tokens, text.split())))


def _word_tokens(word: str) -> float:
    plain = [char for at, char in enumerate(word) if char.islower() or (at == 0 and char.isalpha())]
    capitals = [char for char in word[1:] if char.isupper()]
    marks = len(word) - len(plain) - len(capitals)
    letters = max(1.0, len("".join(plain).encode()) / _BYTES_PER_TOKEN)
    return letters + len("".join(capitals).encode()) * _TOKENS_PER_CAPITAL_BYTE + marks


def _first_names(glossary: tuple[str, ...], room: int) -> str:
    taken: list[str] = []
    for name in dict.fromkeys(re.sub(r"\s+", " ", name).strip() for name in glossary):
        if not name:
            continue
        if estimated_tokens(", ".join([*taken, name]) + ".") > room:
            break
        taken.append(name)
    return ", ".join(taken) + "." if taken else ""


def _last_words(text: str, room: float) -> str:
    taken: list[str] = []
    for word in reversed(text.split()):
        room -= _word_tokens(word)
        if room < 0:
            break
        taken.append(word)
    return " ".join(reversed(taken))
