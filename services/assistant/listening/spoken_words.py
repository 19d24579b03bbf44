"""Words of a transcript, compared as they sound: small letters, ё as е, no punctuation."""

import re
from collections.abc import Collection
from dataclasses import dataclass

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_SENTENCE = re.compile(r"[^.!?…\n]+[.!?…]*")


@dataclass(frozen=True, slots=True)
class Word:
    sound: str
    start: int
    end: int
    """In the text it is from."""


def words_of(text: str) -> tuple[Word, ...]:
    return tuple(Word(sound(found[0]), found.start(), found.end()) for found in _WORD.finditer(text))


def sound(word: str) -> str:
    return word.lower().replace("ё", "е").replace("’", "'")


def sentences_of(text: str) -> list[str]:
    return [part.strip() for part in _SENTENCE.findall(text) if words_of(part)]


def opening(words: tuple[Word, ...], phrases: Collection[str]) -> int:
    """How many words the longest of `phrases` takes at the beginning of `words`; 0: none begins there."""
    for length in range(min(len(words), _LONGEST), 0, -1):
        if " ".join(word.sound for word in words[:length]) in phrases:
            return length
    return 0


def ending(words: tuple[Word, ...], phrases: Collection[str]) -> int:
    for length in range(min(len(words), _LONGEST), 0, -1):
        if " ".join(word.sound for word in words[-length:]) in phrases:
            return length
    return 0


def after(words: tuple[Word, ...], *kinds: Collection[str]) -> tuple[Word, ...]:
    """`words` without any number of phrases of these kinds at the beginning."""
    while taken := max((opening(words, phrases) for phrases in kinds), default=0):
        words = words[taken:]
    return words


def before(words: tuple[Word, ...], *kinds: Collection[str]) -> tuple[Word, ...]:
    while taken := max((ending(words, phrases) for phrases in kinds), default=0):
        words = words[:-taken]
    return words


_LONGEST = 6
"""Words of a phrase."""
