import random

from hypothesis import given, settings
from hypothesis import strategies as st

from services.retrieval.near_duplicates import Sketches, likeness, sketch

TEXTS = st.lists(st.sampled_from("абвгдежзик"), max_size=40).map(" ".join)


def words(seed: int, count: int = 3_000) -> list[str]:
    return [str(number) for number in random.Random(seed).sample(range(100_000), count)]


def in_common(one: list[str], other: list[str]) -> float:
    """Share of the runs of five words, counted."""
    mine, theirs = ({tuple(text[i : i + 5]) for i in range(max(1, len(text) - 4)) if text} for text in (one, other))
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0


@settings(max_examples=50, deadline=None)
@given(TEXTS, TEXTS)
def test_short_texts_are_compared_exactly(one: str, other: str) -> None:
    runs = [
        {tuple(t[i : i + 5]) for i in range(max(1, len(t) - 4))} if t else set() for t in (one.split(), other.split())
    ]
    both = runs[0] | runs[1]
    assert likeness(sketch(one), sketch(other)) == (len(runs[0] & runs[1]) / len(both) if both else 0.0)


def test_long_texts_are_estimated_from_a_kilobyte() -> None:
    one = words(1)
    for replaced in (30, 300, 1_500):
        other = [*one[:-replaced], *words(2, replaced)]
        true = in_common(one, other)
        assert len(sketch(" ".join(other))) <= 1024
        assert abs(likeness(sketch(" ".join(one)), sketch(" ".join(other))) - true) < 0.1


def test_case_punctuation_and_markup_do_not_count() -> None:
    assert likeness(sketch("# Один **два**, три - четыре; пять!"), sketch("один два три четыре пять")) == 1.0


def test_the_likest_come_first_and_strangers_not_at_all() -> None:
    one = words(1)
    sketches = Sketches(
        {
            1: sketch(" ".join(words(3))),
            2: sketch(" ".join([*one[:-200], *words(4, 200)])),
            3: sketch(" ".join(one)),
            4: sketch(" ".join([*one[:-20], *words(5, 20)])),
            5: sketch(""),
            6: sketch(""),
            7: sketch(" ".join(one)),
        }
    )
    assert sketches.alike(7) == [3, 4, 2]
    assert sketches.alike(7, most=1) == [3]
    assert sketches.alike(5) == [], "two without a word have nothing in common"
    sketches.put(3, sketch("now something else entirely is written in it"))
    assert sketches.alike(7) == [4, 2]
