"""Which of the found passages are worth a place: five of one page would say what two say, and crowd out the rest."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from services.domain.knowledge import Hit, Passage

MOST_OF_ONE_PLACE = 2
"""Of one page or section; what is beyond comes after all others."""
_SAME = 0.95
"""Share of common words from which two texts say the same, if their numbers are the same, too: a price list of this
year and one of the last differ in nothing else."""
_WORD = re.compile(r"\w+")

_Fingerprint = tuple[frozenset[str], frozenset[str]]


def spread(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """The best `limit`, best first: texts that say the same once, and no place crowding the list."""
    taken: list[Hit] = []
    crowd: list[Hit] = []
    seen: list[_Fingerprint] = []
    places: Counter[tuple[int, str]] = Counter()
    for hit in hits:
        if len(taken) == limit:
            break
        fingerprint, place = _fingerprint(hit.passage.text), _place(hit.passage)
        if _is_among(fingerprint, seen):
            continue
        seen.append(fingerprint)
        places[place] += 1
        (taken if places[place] <= MOST_OF_ONE_PLACE else crowd).append(hit)
    return [*taken, *crowd][:limit]


def _place(passage: Passage) -> tuple[int, str]:
    return passage.document_id, f"page {passage.page}" if passage.page else passage.section


def _fingerprint(text: str) -> _Fingerprint:
    words = frozenset(_WORD.findall(text.casefold()))
    return words, frozenset(word for word in words if not word.isalpha())


def _is_among(one: _Fingerprint, others: Iterable[_Fingerprint]) -> bool:
    words, numbers = one
    for known, known_numbers in others:
        common, fewer, more = len(words & known), *sorted((len(words), len(known)))
        if numbers == known_numbers and fewer >= _SAME * more and common >= _SAME * len(words | known):
            return True
    return False
