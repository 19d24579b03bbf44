"""What rules need to know of a language. Whatever is not listed here counts: two briefs that differ in it differ."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words are in lower case, with е for ё."""

    requests: frozenset[str]
    """Ways to ask for a thing, at the beginning of a sentence that names it: "come up with", "we need"."""
    courtesies: frozenset[str]
    """At either end of a sentence."""
    fillers: frozenset[str]
    """Wherever they stand."""
    some: frozenset[str]
    """An unnamed number, before a thing."""
    things: Mapping[str, re.Pattern[str]]
    """What is asked for, with its forms: the number is told by the count."""
    variants: frozenset[str]
    """Things that add nothing before a short thing: "three options of a slogan"."""
    short: frozenset[str]
    joints: Mapping[str, str]
    """Words that begin a new part of the sentence, and what they are read as."""
    frozen: frozenset[str]
    """Words beside which the order of the parts matters, whatever it is."""
    synonyms: Mapping[str, str]
    numbers: Mapping[str, str]
    phrases: Mapping[str, str] = field(default_factory=dict)
    """Several words that are read as one."""
    attributes: re.Pattern[str] | None = None
    """Endings that a word takes from the thing that it stands before."""
    loose_joint: str | None = None
    """After it words may have another ending, see `ending_pairs`: "о кофейне", "про кофейню"."""
    endings: tuple[str, ...] = ()
    ending_pairs: frozenset[tuple[str, str]] = frozenset()
    named: frozenset[str] = frozenset()
    """Things that are for what stands before them: "coffee shop slogans" are "slogans for a coffee shop", while "kids
    posts" may be about them."""
    openers: frozenset[str] = frozenset()
    """What may stand between a request and its thing, at first; none: anything."""
    also_names: frozenset[str] = frozenset()
    """Words that mean something else with a capital letter, also where a sentence begins."""
    careless_names: frozenset[str] = frozenset()
    """Names that people write with a small letter, too, and that mean nothing else."""

    @property
    def known_names(self) -> frozenset[str]:
        """However they are written, they are the same."""
        return frozenset(self.synonyms) | frozenset(self.synonyms.values()) | self.careless_names

    def thing(self, word: str) -> str | None:
        return next((name for name, forms in self.things.items() if forms.fullmatch(word)), None)


def words_of(text: str) -> frozenset[str]:
    """Phrases are separated by bars or by line ends."""
    return frozenset(" ".join(part.split()) for part in re.split(r"[|\n]", text) if part.strip())


def forms_of(text: str) -> dict[str, re.Pattern[str]]:
    """A line each: the name of a thing and a pattern of its forms."""
    pairs = (line.split(None, 1) for line in text.strip().splitlines())
    return {name: re.compile(pattern) for name, pattern in pairs}


def readings_of(text: str) -> dict[str, str]:
    """A line each: what is read, then the ways in which it is written, separated by bars."""
    found: dict[str, str] = {}
    for line in text.strip().splitlines():
        reading, ways = line.split(":", 1)
        found |= {" ".join(way.split()): reading.strip() for way in ways.split("|")}
    return found
