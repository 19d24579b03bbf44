"""Passages that are all different and read like ours: sentences of real documents, with words that nobody uses.

Half of them Russian, half English. A part of the longer words is replaced by invented ones, rare and common as words
are (Zipf), so that the index has a vocabulary and posting lists of natural sizes. The same seed writes the same.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from services.domain.language import Language, detect_language
from services.retrieval.analysis import sentences

LANGUAGES = (Language.RUSSIAN, Language.ENGLISH)
VOCABULARY = 60_000
"""Invented words a language."""
REPLACED = 0.35
"""Share of the longer words."""
_LONG_WORD = re.compile(r"\b[^\W\d_]{5,}\b")
_SYLLABLES = {
    Language.RUSSIAN: ("бвгдзклмнпрстфхчш", "аеиоуяю", ("ость", "ение", "ный", "ка", "ать", "ами", "ого", "ик", "")),
    Language.ENGLISH: ("bcdfghklmnprstvw", "aeiou", ("ness", "ing", "able", "er", "ed", "s", "ly", "ion", "")),
}


@dataclass(frozen=True, slots=True)
class Written:
    number: int
    language: Language
    section: str
    text: str


class Writer:
    """`folders`: where sentences are taken from (Markdown and text files)."""

    def __init__(self, folders: Sequence[Path], seed: int) -> None:
        self._seed = seed
        self._sentences = _sentences_of(folders)
        self._words = {language: _invent(language, random.Random(f"{seed}/{language}")) for language in LANGUAGES}

    def passages(self, count: int, characters: int) -> Iterator[Written]:
        """`characters`: mean length; from half to one and a half of it."""
        for number in range(count):
            yield self.passage(number, characters)

    def passage(self, number: int, characters: int) -> Written:
        chance = random.Random(f"{self._seed}/{number}")
        language = LANGUAGES[number // 100 % 2]
        length, parts = chance.uniform(0.5, 1.5) * characters, [f"QH-{number:06d}."]
        while sum(map(len, parts)) < length:
            parts.append(self._sentence(language, chance))
        section = " ".join(self._word(language, chance) for _ in range(3))
        return Written(number, language, section.capitalize(), " ".join(parts))

    def _sentence(self, language: Language, chance: random.Random) -> str:
        replace = partial(self._perhaps_another, language, chance)
        return _LONG_WORD.sub(replace, chance.choice(self._sentences[language]))

    def _perhaps_another(self, language: Language, chance: random.Random, word: re.Match[str]) -> str:
        return self._word(language, chance) if chance.random() < REPLACED else word[0]

    def _word(self, language: Language, chance: random.Random) -> str:
        return self._words[language][int(VOCABULARY ** chance.random()) - 1]


def _sentences_of(folders: Sequence[Path]) -> dict[Language, list[str]]:
    found: dict[Language, list[str]] = {language: [] for language in LANGUAGES}
    files = sorted(file for folder in folders for file in folder.rglob("*") if file.suffix in (".md", ".txt"))
    for file in files:
        for sentence in sentences(file.read_text(encoding="utf-8")):
            line = " ".join(sentence.split())
            if 40 <= len(line) <= 300:
                found[detect_language(line)].append(line)
    if missing := [language for language, lines in found.items() if not lines]:
        raise SystemExit(f"no sentences in {', '.join(missing)} below {', '.join(map(str, folders))}")
    return found


def _invent(language: Language, chance: random.Random) -> list[str]:
    consonants, vowels, endings = _SYLLABLES[language]
    words: dict[str, None] = {}
    while len(words) < VOCABULARY:
        syllables = (chance.choice(consonants) + chance.choice(vowels) for _ in range(chance.randint(2, 3)))
        words["".join(syllables) + chance.choice(consonants) + chance.choice(endings)] = None
    return list(words)
