import pytest

from services.retrieval.closeness import closeness, rarity

WANTED = {"плед": 2.0, "цен": 1.0}


def test_words_in_one_sentence_say_more_than_the_same_words_apart() -> None:
    together = closeness("плед цен раскладушк\nдругой слов", WANTED)
    apart = closeness("плед раскладушк\nцен слов", WANTED)
    assert together > apart > 0


def test_a_word_said_twice_counts_once_and_a_long_sentence_counts_less() -> None:
    assert closeness("плед цен", WANTED) > closeness("плед плед цен", WANTED)
    assert closeness("плед " + "слов " * 60, WANTED) < closeness("плед слов", WANTED)


def test_a_sentence_of_usual_length_is_worth_its_words() -> None:
    assert closeness("плед " + "слов " * 21, WANTED) == pytest.approx(2.0)


def test_nothing_common_is_worth_nothing() -> None:
    assert closeness("", WANTED) == closeness("друг\nслов", WANTED) == closeness("плед", {}) == 0.0


def test_the_rarer_the_louder() -> None:
    assert rarity(100, 1) > rarity(100, 10) > rarity(100, 100) > 0
