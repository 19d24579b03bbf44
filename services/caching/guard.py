"""Rules by which two briefs ask for the same; a model is asked only about those that pass."""

import re
import unicodedata
from collections import Counter
from itertools import pairwise

from services.caching.lexicons.lexicon import Lexicon
from services.caching.normal_form import LEXICONS, NormalForm, normal_form, tokens_of

_BEGINS = frozenset(".!?;\n…:")
_I = re.compile(r"I(?:['’]\w+)?")
_SHORTEST_NOUN = 5
"""Letters without the ending: shorter ones share a form with other words too often."""
_MINUS = re.compile(r"(?<!\S)-(?=\d)")
_NO_SYMBOLS = frozenset(".!?;\n…,:—–()«»“”„\"'’-&/×@#_")


def may_be_same(one: str, other: str) -> bool:
    """The same language, count, numbers, names, quotations, negations and words, but for what the lexicon says."""
    first, second = normal_form(one), normal_form(other)
    if not first.sentences or first.key != second.key:
        return False
    return _symbols(one) == _symbols(other) and _same_names(one, other) and _same_endings(first, second)


def _symbols(text: str) -> Counter[str]:
    """Signs that say something: per cents, currencies, pluses, emoji."""
    signs = Counter(
        sign
        for sign in unicodedata.normalize("NFC", text)
        if not sign.isalnum() and not sign.isspace() and sign not in _NO_SYMBOLS
    )
    return signs + Counter(_MINUS.findall(text))


def _same_names(one: str, other: str) -> bool:
    """A word with a capital letter inside a sentence has one in the other text, too: "polish" is not "Polish"."""
    first, second = _capitals(one), _capitals(other)
    if any((name in first) != (name in second) for lexicon in LEXICONS.values() for name in lexicon.also_names):
        return False
    return _names(one) <= second and _names(other) <= first


def _names(text: str) -> set[str]:
    tokens = [".", *tokens_of(text)]
    inner = {token for before, token in pairwise(tokens) if before not in _BEGINS and token[0].isupper()}
    shouted = {token for token in tokens if len(token) > 1 and token.isupper()}  # "US" is no "us", wherever it stands
    names = {token.casefold() for token in inner | shouted if not _I.fullmatch(token)}
    return {name for name in names if not any(name in lexicon.known_names for lexicon in LEXICONS.values())}


def _capitals(text: str) -> set[str]:
    return {token.casefold() for token in tokens_of(text) if token[0].isupper()}


def _same_endings(first: NormalForm, second: NormalForm) -> bool:
    """Where words were compared by their roots, the endings say that it is the same word in the same number."""
    lexicon = LEXICONS[first.language]
    for one, other in zip(first.sentences, second.sentences, strict=True):
        for part, its_like in zip(one, other, strict=True):
            if part.joint != lexicon.loose_joint:
                continue
            is_same_case = _takes_accusative(part.said) == _takes_accusative(its_like.said)
            for word, its_form in zip(part.written, its_like.written, strict=True):
                if word != its_form and (is_same_case or not _may_be_one(word, its_form, lexicon)):
                    return False
    return True


def _takes_accusative(joint: str) -> bool:
    return joint == "про"


def _may_be_one(word: str, other: str, lexicon: Lexicon) -> bool:
    shared = 0
    while shared < min(len(word), len(other)) and word[shared] == other[shared]:
        shared += 1
    # The shared letters may reach into the endings: "-ей" and "-ее" share one.
    for cut in range(shared, max(shared - 3, 1), -1):
        pair = (word[cut:], other[cut:])
        if cut < _SHORTEST_NOUN and max(map(len, pair)) < 2:  # "о тесте" may be about "тест" and about "тесто"
            continue
        if pair in lexicon.ending_pairs or pair[::-1] in lexicon.ending_pairs:
            return True
    return False
