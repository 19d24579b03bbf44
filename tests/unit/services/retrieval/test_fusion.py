from hypothesis import given
from hypothesis import strategies as st

from services.retrieval.fusion import Vote, fuse

FOUND = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0.01, 100)).map(
    lambda scores: sorted(scores.items(), key=lambda one: -one[1])
)


def vote(weight: float, found: list[tuple[str, float]], bottom: float = 0.0) -> Vote:
    return Vote(weight, [name for name, _ in found], [score for _, score in found], bottom)


def test_agreement_beats_one_legs_favourite() -> None:
    fused = fuse({"keyword": vote(1.0, [("a", 9), ("b", 8)]), "dense": vote(1.0, [("c", 0.9), ("b", 0.8)])})
    assert fused[0].passage_id == "b"
    assert fused[0].legs == {"keyword": 2, "dense": 2}


def test_a_leg_that_is_sure_outvotes_one_that_is_not() -> None:
    fused = fuse({"keyword": vote(1.0, [("a", 9), ("b", 3)]), "dense": vote(0.8, [("b", 0.51), ("a", 0.5)])})
    assert [one.passage_id for one in fused] == ["a", "b"]


def test_scales_of_the_legs_do_not_matter() -> None:
    small = fuse({"keyword": vote(1.0, [("a", 0.9), ("b", 0.8)]), "dense": vote(0.8, [("b", 0.4), ("c", 0.1)])})
    large = fuse({"keyword": vote(1.0, [("a", 900), ("b", 800)]), "dense": vote(0.8, [("b", 4), ("c", 1)])})
    assert [one.passage_id for one in small] == [one.passage_id for one in large] == ["b", "a", "c"]


def test_likeness_that_all_candidates_have_says_nothing() -> None:
    """Models whose cosines are all high: 0.80 is the bottom, 0.90 the best."""
    dense = vote(0.8, [("c", 0.90), ("b", 0.81), ("a", 0.80)], bottom=0.80)
    fused = fuse({"keyword": vote(1.0, [("a", 9), ("c", 8)]), "dense": dense})
    assert [one.passage_id for one in fused] == ["c", "a", "b"]


def test_a_best_that_is_no_sure_find_leaves_the_word_to_the_other_leg() -> None:
    legs = {"keyword": vote(1.0, [("a", 0.2), ("b", 0.05)]), "dense": vote(0.7, [("b", 0.9), ("a", 0.1)])}
    assert [one.passage_id for one in fuse(legs)] == ["a", "b"]
    keyword = Vote(1.0, ["a", "b"], [0.2, 0.05], sure=0.6)
    assert [one.passage_id for one in fuse(legs | {"keyword": keyword})] == ["b", "a"]


def test_the_heavier_leg_wins_a_draw() -> None:
    fused = fuse({"dense": vote(0.5, [("d", 1)]), "keyword": vote(1.0, [("k", 1)])})
    assert [one.passage_id for one in fused] == ["k", "d"]


@given(FOUND)
def test_one_leg_alone_keeps_its_order(found: list[tuple[str, float]]) -> None:
    bottom = found[-1][1] if found else 0.0
    fused = fuse({"keyword": vote(1.0, found, bottom), "dense": vote(0.5, [])})
    assert [one.passage_id for one in fused] == [name for name, _ in found]
    assert [one.legs["keyword"] for one in fused] == list(range(1, len(found) + 1))


@given(FOUND, FOUND)
def test_every_candidate_appears_once_best_first(
    first: list[tuple[str, float]], second: list[tuple[str, float]]
) -> None:
    fused = fuse({"keyword": vote(1.0, first), "dense": vote(0.5, second)})
    assert {one.passage_id for one in fused} == {name for name, _ in (*first, *second)}
    assert len(fused) == len({one.passage_id for one in fused})
    assert all(one.score > 0 for one in fused)
    assert [one.score for one in fused] == sorted((one.score for one in fused), reverse=True)
