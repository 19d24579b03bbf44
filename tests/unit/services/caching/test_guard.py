"""Rules that decide which briefs may be the same: look-alikes never pass, whatever a model says of them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.cache import Pair, pairs_of
from services.caching.guard import may_be_same
from services.domain.language import Language

LOOK_ALIKES, PARAPHRASES = pairs_of("look_alikes"), pairs_of("paraphrases")
PASSING = {Language.RUSSIAN: 18, Language.ENGLISH: 18}
"""Paraphrases that pass, at least; the rest are written anew."""


def test_the_sets_are_large_enough_to_say_something() -> None:
    assert len(PARAPHRASES) >= 60
    assert len(LOOK_ALIKES) >= 100
    assert all(sum(pair.language is language for pair in LOOK_ALIKES) >= 50 for language in Language)


@pytest.mark.parametrize("language", Language)
def test_no_look_alike_passes(language: Language) -> None:
    fooled = [pair for pair in LOOK_ALIKES if pair.language is language and _passes(pair)]
    assert fooled == []


@pytest.mark.parametrize("language", Language)
def test_many_paraphrases_pass(language: Language) -> None:
    assert sum(_passes(pair) for pair in PARAPHRASES if pair.language is language) >= PASSING[language]


def test_the_order_of_the_two_does_not_matter() -> None:
    for pair in PARAPHRASES + LOOK_ALIKES:
        assert may_be_same(pair.one, pair.other) == may_be_same(pair.other, pair.one)


_RUSSIAN = "слоган для чая без сахара и кофе с молоком не три пять о про маме от"
_WORDS = f"{_RUSSIAN} a slogan for tea without milk and not 3 5 Rome"


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_WORDS.split()), min_size=1, max_size=8), st.data())
def test_a_brief_is_never_the_same_with_a_word_more_that_counts(words: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(words)))
    more = data.draw(st.sampled_from(["без", "не", "7", "сахара", "кофе", "without", "not", "milk", "Milan", "«Час»"]))
    one, other = " ".join(words), " ".join([*words[:at], more, *words[at:]])
    assert not may_be_same(one, other)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(_RUSSIAN.split()), max_size=8))
def test_a_brief_is_the_same_as_itself_with_a_word_of_courtesy(words: list[str]) -> None:
    brief = " ".join(["чай", *words])
    assert may_be_same(brief, brief)
    assert may_be_same(brief, f"Привет! {brief}, пожалуйста")


def _passes(pair: Pair) -> bool:
    return may_be_same(pair.one, pair.other) or may_be_same(pair.other, pair.one)


def test_weekdays_and_months_are_the_same_with_a_small_letter() -> None:
    assert may_be_same("a slogan for a rainy Monday", "slogan for a rainy monday, please")
    assert not may_be_same("a slogan for a rainy Monday", "a slogan for a rainy Tuesday")
    assert not may_be_same("a post about March", "a post about march"), "people march, too"
