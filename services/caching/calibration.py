"""Can briefs that ask for the same be told from look-alikes, with these rules and this embedding model?

A vector alone cannot do it: "three slogans" and "five slogans" are nearer to each other than most paraphrases. So rules
go first, and the model has a veto, for which it must know the language and must place paraphrases clearly above briefs
about something else. Each model is asked itself, a language at a time; where it fails, or where one look-alike would
pass, only the same words are the same brief.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean

from services.caching.exam import ALIKE, UNLIKE, Pairs
from services.caching.guard import may_be_same
from services.domain.language import Language

Vector = Sequence[float]
_HALFWAY = 0.75
"""Of the way from briefs about something else to paraphrases."""
_PASS_SHARE = 0.75
"""Of the paraphrases that the rules let pass: a model that denies more of them does not know what they mean."""


@dataclass(frozen=True, slots=True)
class Calibration:
    floors: Mapping[Language, float]
    """Likeness from which on briefs that pass the rules are the same. A language that is not here stays exact."""


def judge(vectors: Mapping[str, Vector], known: frozenset[Language]) -> Calibration:
    """`vectors`: normalised, of `exam_texts(known)`. `known`: languages that the model speaks."""
    floors = {language: floor for language in known if (floor := _floor(vectors, language)) is not None}
    return Calibration(floors)


def likeness(one: Vector, other: Vector) -> float:
    return float(sum(a * b for a, b in zip(one, other, strict=True)))


def _floor(vectors: Mapping[str, Vector], language: Language) -> float | None:
    alike = _likenesses(vectors, [pair for pair in ALIKE[language] if may_be_same(*pair)])
    fooled = _likenesses(vectors, [pair for pair in UNLIKE[language] if may_be_same(*pair)])
    ones = ALIKE[language]
    strangers = _likenesses(
        vectors, [(ones[at][0], ones[by][1]) for at in range(len(ones)) for by in range(len(ones)) if at != by]
    )
    if not alike:
        return None
    floor = mean(strangers) + _HALFWAY * (mean(alike) - mean(strangers))
    passing = sum(value >= floor for value in alike)
    if passing < _PASS_SHARE * len(alike) or any(value >= floor for value in fooled):
        return None
    return floor


def _likenesses(vectors: Mapping[str, Vector], pairs: Pairs | Sequence[tuple[str, str]]) -> list[float]:
    return [likeness(vectors[one], vectors[other]) for one, other in pairs]
