from collections.abc import Sequence

import pytest

from services.domain.language import Language
from services.retrieval.calibration import EXAM, exam_passages, exam_questions, judge

PAIRS = len(EXAM[Language.ENGLISH])


def axis(index: int) -> list[float]:
    return [1.0 if place == index else 0.2 for place in range(2 * PAIRS)]


def unit(vector: Sequence[float]) -> list[float]:
    length = sum(value * value for value in vector) ** 0.5
    return [value / length for value in vector]


def knowing(*languages: Language) -> tuple[list[list[float]], list[list[float]]]:
    """Questions and passages of the known languages share a direction; of others all texts look the same."""
    vectors = []
    for number, language in enumerate(EXAM):
        for index in range(PAIRS):
            known = language in languages
            vectors.append(unit(axis(number * PAIRS + index)) if known else unit([1.0] * (2 * PAIRS)))
    return vectors, vectors


def test_the_exam_asks_the_same_number_of_pairs_in_each_language() -> None:
    assert {len(pairs) for pairs in EXAM.values()} == {PAIRS}
    assert len(exam_questions()) == len(exam_passages()) == 2 * PAIRS


@pytest.mark.parametrize("languages", [(), (Language.ENGLISH,), (Language.RUSSIAN,), tuple(Language)])
def test_only_a_language_in_which_texts_differ_is_known(languages: tuple[Language, ...]) -> None:
    assert judge(*knowing(*languages)).languages == frozenset(languages)


def test_the_floor_lies_between_strangers_and_matches() -> None:
    floor = judge(*knowing(*Language)).floor
    stranger = sum(a * b for a, b in zip(unit(axis(0)), unit(axis(1)), strict=True))
    assert stranger < floor < 1.0


def test_a_model_that_knows_nothing_finds_nothing() -> None:
    assert judge(*knowing()).floor == 1.0
