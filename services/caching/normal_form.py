"""A brief without what does not change its meaning: the courtesies, the way of asking, the order of its parts.

Everything else stays, word by word. Meaning is not guessed: a word that the lexicon does not know is a difference.
"""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from services.caching.lexicons.english import ENGLISH
from services.caching.lexicons.lexicon import Lexicon
from services.caching.lexicons.russian import RUSSIAN
from services.domain.idea_count import ideas_asked
from services.domain.language import Language, detect_language

LEXICONS = {Language.ENGLISH: ENGLISH, Language.RUSSIAN: RUSSIAN}
_QUOTED = r"«[^»]*»|“[^”]*”|„[^“”]*[“”]|\"[^\"]*\""
_TOKEN = re.compile(rf"{_QUOTED}|https?://\S+|\d+(?:[.,:/×-]\d+)*|[@#]?\w+(?:[-’'&]\w+)*|[.!?;\n…]|[,:—–()]")
_SENTENCE_END = frozenset(".!?;\n…")
_BREAK = frozenset(",:—–()")
_MOST_WORDS_IN_PHRASE = 4
_SHORTEST_ROOT = 3


@dataclass(frozen=True, slots=True)
class Part:
    """Words up to the next joint."""

    joint: str
    """As it is read; empty for the first part of a sentence, and for the thing that is asked for."""
    said: str
    """As it was written."""
    words: tuple[str, ...]
    """As they are read."""
    written: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NormalForm:
    language: Language
    count: int | None
    """Of things asked for, as the assistant reads it."""
    counts: tuple[str, ...]
    """Numbers that stand before things, in their order."""
    sentences: tuple[tuple[Part, ...], ...]
    """Parts in the order in which they are compared."""

    @property
    def key(self) -> str:
        """SHA-256, hex: equal for briefs that may be alike."""
        parts = [[(part.joint, part.words) for part in sentence] for sentence in self.sentences]
        return sha256(json.dumps([self.language.value, self.count, self.counts, parts]).encode()).hexdigest()


def normal_form(text: str) -> NormalForm:
    language = detect_language(text)
    lexicon = LEXICONS[language]
    counts: list[str] = []
    sentences = [_sentence(words, lexicon, counts) for words in _sentences(text, lexicon)]
    kept = [sentence for sentence in sentences if sentence]
    if len(kept) == 2 and sum(_names_a_thing(sentence, lexicon) for sentence in kept) == 1:
        kept.sort(key=lambda sentence: not _names_a_thing(sentence, lexicon))
    return NormalForm(language, ideas_asked(text), tuple(counts), tuple(kept))


def tokens_of(text: str) -> list[str]:
    return _TOKEN.findall(unicodedata.normalize("NFC", text))


def _sentences(text: str, lexicon: Lexicon) -> list[list[str]]:
    sentences: list[list[str]] = [[]]
    for token in tokens_of(text):
        if token in _SENTENCE_END:
            sentences.append([])
        else:
            sentences[-1].append(_plain(token))
    return [_joined(sentence, lexicon) for sentence in sentences]


def _plain(token: str) -> str:
    """What stands in quotation marks is a name, and stays as it is."""
    if token[0] in '«“„"':
        return f'"{token[1:-1].strip()}"'
    return token.casefold().replace("ё", "е").replace("’", "'")


def _joined(words: Sequence[str], lexicon: Lexicon) -> list[str]:
    """With phrases of several words as one."""
    found: list[str] = []
    start = 0
    while start < len(words):
        for length in range(min(_MOST_WORDS_IN_PHRASE, len(words) - start), 0, -1):
            phrase = " ".join(words[start : start + length])
            if length == 1 or phrase in lexicon.phrases:
                found.append(lexicon.phrases.get(phrase, phrase))
                start += length
                break
    return found


def _sentence(words: list[str], lexicon: Lexicon, counts: list[str]) -> tuple[Part, ...]:
    words = _without_courtesies(words, lexicon)
    if any(lexicon.thing(word) for word in words):
        words = _without_requests(words, lexicon)
    words = [word for word in words if word not in lexicon.fillers]
    words = [lexicon.numbers.get(word, word) for word in words]
    words = _without_variants([word for at, word in enumerate(words) if not _is_some(words, at, lexicon)], lexicon)
    counts += [word for at, word in enumerate(words) if _counts(words, at, lexicon)]
    parts = _parts(words, lexicon)
    if len([part for part in parts if not part.joint]) > 1 or lexicon.frozen & {*words}:
        return tuple(parts)
    # Only the thing moves: "a post about discounts for students" is none "for students about discounts".
    return tuple(sorted(parts, key=lambda part: bool(part.joint)))


def _without_requests(words: list[str], lexicon: Lexicon) -> list[str]:
    asked = lexicon.requests | lexicon.courtesies
    rest = _stripped(words, asked)
    words = rest if _is_asked_for(rest, lexicon) else words
    if lexicon.frozen & {*words}:
        return words
    for at, word in enumerate(words):
        if lexicon.thing(word) is not None:
            break
        if word in _BREAK:  # "for a coffee shop, we need three slogans"
            rest = _stripped(words[at + 1 :], asked)
            return [*words[: at + 1], *rest] if _is_asked_for(rest, lexicon) else words
    return words


def _is_asked_for(words: Sequence[str], lexicon: Lexicon) -> bool:
    """What followed a request is the thing itself: "make love: a slogan" asks for no love, nor "give blood slogans" for
    a slogan about blood."""
    at = next((at for at, word in enumerate(words) if lexicon.thing(word)), None)
    if at is None or any(word in _BREAK for word in words[:at]):
        return False
    return not lexicon.openers or at == 0 or words[0].isdigit() or words[0] in lexicon.openers


def _without_courtesies(words: list[str], lexicon: Lexicon) -> list[str]:
    words = _stripped(words, lexicon.courtesies)
    reversed_courtesies = frozenset(" ".join(reversed(phrase.split())) for phrase in lexicon.courtesies)
    return _stripped(words[::-1], reversed_courtesies)[::-1]


def _stripped(words: list[str], phrases: frozenset[str]) -> list[str]:
    """Without phrases at the beginning, the longest first."""
    start = 0
    while start < len(words):
        if words[start] in _BREAK:
            start += 1
            continue
        lengths = range(min(_MOST_WORDS_IN_PHRASE, len(words) - start), 0, -1)
        fitting = next((n for n in lengths if " ".join(words[start : start + n]) in phrases), None)
        if fitting is None:
            break
        start += fitting
    return words[start:]


def _is_some(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    if at + 1 >= len(words):
        return False
    if f"{words[at]} {words[at + 1]}" in lexicon.some:
        return False  # the second word is dropped alone with its first one kept: both count then
    return words[at] in lexicon.some and lexicon.thing(words[at + 1]) is not None


def _without_variants(words: list[str], lexicon: Lexicon) -> list[str]:
    kept: list[str] = []
    at = 0
    while at < len(words):
        thing = lexicon.thing(words[at])
        behind = at + 1 + (at + 1 < len(words) and words[at + 1] == "of")
        is_variant = thing in lexicon.variants and behind < len(words) and lexicon.thing(words[behind]) in lexicon.short
        if is_variant:
            at = behind
            continue
        kept.append(words[at])
        at += 1
    return kept


def _parts(words: Sequence[str], lexicon: Lexicon) -> list[Part]:
    drafts: list[tuple[str, str, list[str]]] = [("", "", [])]
    for at, word in enumerate(words):
        is_thing = lexicon.thing(word) is not None
        if word in _BREAK:
            drafts.append(("", "", []))
        elif _counts(words, at, lexicon) or (drafts[-1][0] and _asks_again(words, at, lexicon)):
            if drafts[-1][0]:
                drafts.append(("", "", []))
        elif word in lexicon.joints:
            drafts.append((lexicon.joints[word], word, []))
        elif lexicon.thing(word) in lexicon.named and drafts[-1][2] and not drafts[-1][0]:
            before = drafts.pop()
            drafts += [("for", "for", before[2]), ("", "", [word])]
        elif is_thing and drafts[-1][0]:
            drafts.append(("", "", [word]))
        else:
            drafts[-1][2].append(word)
    return [_part(*draft, lexicon) for draft in drafts if draft[0] or draft[2]]


def _counts(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """A number of things: the thing follows, with a word or two between."""
    return words[at].isdigit() and any(lexicon.thing(word) for word in words[at + 1 : at + 4])


def _asks_again(words: Sequence[str], at: int, lexicon: Lexicon) -> bool:
    """ "For a coffee shop *we need* three slogans": behind another part, before the first thing."""
    if at == 0 or words[at] not in lexicon.requests or lexicon.frozen & {*words}:
        return False
    return not any(map(lexicon.thing, words[:at])) and _is_asked_for(words[at + 1 :], lexicon)


def _part(joint: str, said: str, words: list[str], lexicon: Lexicon) -> Part:
    read = [lexicon.thing(word) or lexicon.synonyms.get(word, word) for word in words]
    if joint == lexicon.loose_joint:
        read = [_root(word, lexicon.endings) for word in read]
    elif lexicon.attributes is not None:
        stops = [at for at, word in enumerate(words) if lexicon.thing(word)]
        before = stops[0] if stops else 0
        read = [
            lexicon.attributes.sub("", word) if at < before and len(word) > _SHORTEST_ROOT + 2 else word
            for at, word in enumerate(read)
        ]
    return Part(joint, said, tuple(read), tuple(words))


def _root(word: str, endings: Sequence[str]) -> str:
    for ending in endings:
        if ending and word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_ROOT:
            return word.removesuffix(ending)
    return word


def _names_a_thing(sentence: Sequence[Part], lexicon: Lexicon) -> bool:
    return any(lexicon.thing(word) is not None for part in sentence for word in part.written)
