import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.retrieval.analysis import stem
from services.retrieval.spelling import near_stems

KNOWN = {stem(word) for word in ("защита", "раскладушка", "campaign", "sticker", "доставка", "достать")}


def knows(stem: str) -> bool:
    return stem in KNOWN


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("зщаитой", "защита"),  # swapped, and in another form than the one known
        ("раскладушкка", "раскладушка"),
        ("раскладужка", "раскладушка"),
        ("раскадушки", "раскладушка"),
        ("campiagns", "campaign"),
        ("stcker", "sticker"),
    ],
)
def test_one_slip_is_understood_in_any_form_of_the_word(misspelt: str, meant: str) -> None:
    assert near_stems(misspelt, knows) == (stem(meant),)


@pytest.mark.parametrize("word", ["чай", "дост", "2026", "qh4417", "смешенyе", "", "пятеро", "б" * 31])
def test_short_mixed_and_unlike_words_are_left_alone(word: str) -> None:
    assert near_stems(word, knows) == ()


def test_a_surer_kind_of_slip_ends_the_search() -> None:
    known = {"план", "клан"}
    assert near_stems("лпаном", known.__contains__) == ("план",)
    assert near_stems("рланом", known.__contains__) == ("клан", "план")
    assert near_stems("рланом", known.__contains__, kinds=1) == ()


@settings(max_examples=60)
@given(st.text(alphabet="абвгдежз", min_size=5, max_size=12), st.data())
def test_every_swap_of_neighbours_finds_the_way_back(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(word) - 2))
    swapped = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if swapped != word and len(stem(word)) >= 3:
        assert stem(word) in near_stems(swapped, {stem(word)}.__contains__)
