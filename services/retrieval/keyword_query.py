"""A question as terms of the keyword index with their weights; misspelt words as what they were meant to be."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice, pairwise

from services.retrieval.analysis import codes, grams, stem, stop_stems, subject_words, words
from services.retrieval.spelling import near_stems

WEIGHTS = {"stems": 1.0, "heading": 0.5, "pairs": 0.3, "grams": 0.15}
_WHISPER = 0.2
"""Weight of a word that carries no subject."""
_LONGEST_QUERY_TERMS = 400
"""A brief of 10,000 characters is asked by its first words: more terms cost time and tell nothing."""
_MOST_GUESSED = 6
"""Unknown words a query: a guess costs up to a millisecond or two, and who writes much says it in other words too."""


@dataclass(frozen=True, slots=True)
class KeywordQuery:
    terms: dict[tuple[str, str], float]
    """(field, term) → weight, the most important first."""
    loudness: dict[str, float]
    """Stem → how much it says of the subject, 0 to 1."""


def keyword_query(query: str, knows: Callable[[str], bool]) -> KeywordQuery:
    """`knows`: does the knowledge base have a stem? Words without a subject whisper: in a small knowledge base "how
    much" is rarer, hence louder, than the product's name."""
    found = words(query)
    subject = frozenset(subject_words(query))
    guessed = _guess(found, knows)
    loudness: dict[str, float] = {}
    for word in found:
        for meant in guessed.get(word) or (stem(word),):
            _raise(loudness, meant, _loudness(word, meant, subject, guessed))
    chain = [guessed[word][0] if word in guessed else stem(word) for word in found]
    heading = dict.fromkeys(meant for word, meant in zip(found, chain, strict=True) if word in subject)
    wanted = {("stems", term): WEIGHTS["stems"] * loud for term, loud in loudness.items()}
    wanted |= {("stems", code): WEIGHTS["stems"] for code in codes(query)}
    wanted |= {("heading", term): WEIGHTS["heading"] for term in heading}
    wanted |= {
        ("pairs", f"{first}_{second}"): WEIGHTS["pairs"] * max(loudness[first], loudness[second])
        for first, second in pairwise(chain)
    }
    wanted |= {("grams", gram): WEIGHTS["grams"] for word in found if word in subject for gram in grams(word)}
    return KeywordQuery(dict(islice(wanted.items(), _LONGEST_QUERY_TERMS)), loudness)


def _guess(found: list[str], knows: Callable[[str], bool]) -> dict[str, tuple[str, ...]]:
    first = islice(dict.fromkeys(found), _LONGEST_QUERY_TERMS)
    unknown = (word for word in first if not knows(stem(word)))
    return {word: stems for word in islice(unknown, _MOST_GUESSED) if (stems := near_stems(word, knows))}


def _loudness(word: str, meant: str, subject: frozenset[str], guessed: dict[str, tuple[str, ...]]) -> float:
    """Guesses share the voice of their word."""
    if word not in guessed:
        return 1.0 if word in subject else _WHISPER
    return (_WHISPER if meant in stop_stems() else 1.0) / len(guessed[word])


def _raise(loudness: dict[str, float], term: str, loud: float) -> None:
    loudness[term] = max(loudness.get(term, 0.0), loud)
