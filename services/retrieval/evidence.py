"""Does any passage speak of what was asked? Decides, where its score does not, that the keyword leg found nothing.

Rank alone cannot say it: the best of 100 unrelated passages is still the first. The evidence is the share of the
question's subject words that a passage contains, by stem or, for misspelt words, by likeness of letters; names count
double, for who asks about a name means it. The floor was chosen on 1,224 questions with known answers (nothing is lost
for 99 of 100) against the same questions asked of a knowledge base about something else (six of seven find nothing).
A question about the right subject that merely has no answer passes: only reading can tell.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache

from services.retrieval.analysis import grams, name_words, stem, subject_words, words
from services.retrieval.spelling import near_stems

QUESTION_FLOOR = 0.34
"""Share of the subject's weight that the best passage must contain."""
ENOUGH_WORDS = 3
"""A long brief mentions much that no passage has: this many of its words are evidence whatever their share."""
_NAME_WEIGHT = 2.0
_LIKENESS_FLOOR = 0.55
SWAPS = 1
"""Only swapped letters, which likeness by groups of letters does not see: more kinds of slips find a word that looks
like it for a question about something else, too."""
_MOST_LETTERS_MORE = 3
_SHORTEST_GUESSED = 4
"""Letters: shorter words are alike too easily."""


def speaks_of(query: str, texts: Sequence[str]) -> bool:
    names = name_words(query)
    wanted = {word: _NAME_WEIGHT if word in names else 1.0 for word in subject_words(query)}
    if not wanted:
        return False
    exact = {word: frozenset([stem(word)]) for word in wanted}
    if any(_convinces(wanted, _exact(exact, text)) for text in texts):
        return True
    # Likeness costs milliseconds: it is asked only where the words as written do not convince.
    meant, likeness = _meant(exact, texts), _likeness_to(wanted, texts)
    return any(_convinces(wanted, _alike(meant, likeness, text)) for text in texts)


def _convinces(wanted: Mapping[str, float], found: Mapping[str, float]) -> bool:
    share = sum(wanted[word] * degree for word, degree in found.items()) / sum(wanted.values())
    return share >= QUESTION_FLOOR or sum(found.values()) >= ENOUGH_WORDS


def _exact(stems_by_word: Mapping[str, frozenset[str]], text: str) -> dict[str, float]:
    """Word → 1 for each that the text has."""
    _, stems = _vocabulary(text)
    return {word: 1.0 for word, theirs in stems_by_word.items() if not stems.isdisjoint(theirs)}


def _meant(exact: Mapping[str, frozenset[str]], texts: Sequence[str]) -> dict[str, frozenset[str]]:
    """Stems of each word, or, where no text has it, of what it may be a misspelling of."""
    known = frozenset[str]().union(*(_vocabulary(text)[1] for text in texts))
    return {
        word: stems if stems <= known else frozenset(near_stems(word, known.__contains__, SWAPS))
        for word, stems in exact.items()
    }


def _alike(
    meant: Mapping[str, frozenset[str]], likeness: Mapping[str, Mapping[str, float]], text: str
) -> dict[str, float]:
    vocabulary, _ = _vocabulary(text)
    found = _exact(meant, text)
    for word in meant.keys() - found.keys():
        found[word] = max((degree for other, degree in likeness[word].items() if other in vocabulary), default=0.0)
    return found


@lru_cache(maxsize=2048)
def _vocabulary(text: str) -> tuple[frozenset[str], frozenset[str]]:
    found = frozenset(words(text))
    return found, frozenset(stem(word) for word in found)


def _likeness_to(wanted: Collection[str], texts: Sequence[str]) -> dict[str, dict[str, float]]:
    """Word → words of the texts that are like it → Dice coefficient over three-letter groups. Found through the groups,
    because comparing every word with every other takes tens of milliseconds."""
    asked = frozenset(gram for word in wanted for gram in grams(word, 3))
    words_with: dict[str, list[str]] = {gram: [] for gram in asked}
    for other in frozenset[str]().union(*(_vocabulary(text)[0] for text in texts)):
        for gram in asked.intersection(grams(other, 3)):
            words_with[gram].append(other)
    return {word: _like(word, words_with) if len(word) >= _SHORTEST_GUESSED else {} for word in wanted}


def _like(word: str, words_with: Mapping[str, Sequence[str]]) -> dict[str, float]:
    theirs = frozenset(grams(word, 3))
    common = Counter(other for gram in theirs for other in words_with.get(gram, ()))
    return {
        other: degree
        for other, count in common.items()
        if abs(len(other) - len(word)) <= _MOST_LETTERS_MORE
        and (degree := 2 * count / (len(theirs) + len(grams(other, 3)))) >= _LIKENESS_FLOOR
    }
