"""Does a passage speak of what was asked? What decides that a search found nothing.

Rank alone cannot say it: the best of 100 unrelated passages is still the first. The evidence is the share of the
question's subject words that the passage contains, by stem or, for misspelt words, by likeness of letters. The floors
were chosen on questions with known answers (99 % of the right passages stay) against the same questions asked of a
knowledge base about something else (82 % find nothing). A question about the right subject that merely has no
answer passes: only reading can tell.
"""

from collections.abc import Sequence
from functools import lru_cache

from services.retrieval.analysis import grams, stem, subject_words, words

QUESTION_FLOOR = 0.3
"""Share of subject words that the best passage must contain."""
PASSAGE_FLOOR = 0.15
"""Share below which a passage is dropped although another one has convinced."""
ENOUGH_WORDS = 3
"""A long brief mentions much that no passage has: this many of its words are evidence whatever their share."""
_LIKENESS_FLOOR = 0.55
_SHORTEST_GUESSED = 4
"""Letters: shorter words are alike too easily."""


def subject_found(query: str, texts: Sequence[str]) -> list[float]:
    """Evidence in each text, 0..1; all zeros when none of them is about the subject."""
    wanted = subject_words(query)
    if not wanted or not texts:
        return [0.0] * len(texts)
    matches = [_same(wanted, text) for text in texts]
    if not _convinces(max(matches), len(wanted)):  # likeness costs ten times more: only where the words as written fail
        matches = [_alike(wanted, text) for text in texts]
        if not _convinces(max(matches), len(wanted)):
            return [0.0] * len(texts)
    return [matched / len(wanted) if _supports(matched, len(wanted)) else 0.0 for matched in matches]


def _convinces(matched: float, wanted: int) -> bool:
    return matched >= ENOUGH_WORDS or matched / wanted >= QUESTION_FLOOR


def _supports(matched: float, wanted: int) -> bool:
    return matched >= ENOUGH_WORDS or matched / wanted >= PASSAGE_FLOOR


def _same(wanted: tuple[str, ...], text: str) -> float:
    stems = _vocabulary(text)[1]
    return float(sum(stem(word) in stems for word in wanted))


def _alike(wanted: tuple[str, ...], text: str) -> float:
    vocabulary, stems = _vocabulary(text)
    return sum(1.0 if stem(word) in stems else _likeness(word, vocabulary) for word in wanted)


@lru_cache(maxsize=2048)
def _vocabulary(text: str) -> tuple[frozenset[str], frozenset[str]]:
    found = frozenset(words(text))
    return found, frozenset(stem(word) for word in found)


def _likeness(word: str, vocabulary: frozenset[str]) -> float:
    """Dice coefficient over three-letter groups with the most similar word; 0 below the floor."""
    if len(word) < _SHORTEST_GUESSED:
        return 0.0
    wanted = frozenset(grams(word, 3))
    best = 0.0
    for other in vocabulary:
        if abs(len(other) - len(word)) > 3:
            continue
        theirs = grams(other, 3)
        best = max(best, 2 * len(wanted.intersection(theirs)) / (len(wanted) + len(theirs)))
    return best if best >= _LIKENESS_FLOOR else 0.0
