from hypothesis import given
from hypothesis import strategies as st

from services.retrieval.fusion import Vote, fuse

IDS = st.lists(st.sampled_from("abcdefgh"), unique=True)


def test_agreement_beats_one_legs_favourite() -> None:
    fused = fuse({"keyword": Vote(1.0, ["a", "b"]), "dense": Vote(1.0, ["c", "b"])})
    assert fused[0].passage_id == "b"
    assert fused[0].legs == {"keyword": 2, "dense": 2}


def test_the_heavier_leg_wins_a_draw() -> None:
    fused = fuse({"dense": Vote(0.5, ["d"]), "keyword": Vote(1.0, ["k"])})
    assert [one.passage_id for one in fused] == ["k", "d"]


@given(IDS)
def test_one_leg_alone_keeps_its_order(ids: list[str]) -> None:
    fused = fuse({"keyword": Vote(1.0, ids), "dense": Vote(0.5, [])})
    assert [one.passage_id for one in fused] == ids
    assert [one.legs["keyword"] for one in fused] == list(range(1, len(ids) + 1))


@given(IDS, IDS)
def test_every_candidate_appears_once_best_first(first: list[str], second: list[str]) -> None:
    fused = fuse({"keyword": Vote(1.0, first), "dense": Vote(0.5, second)})
    assert {one.passage_id for one in fused} == {*first, *second}
    assert len(fused) == len({*first, *second})
    assert [one.score for one in fused] == sorted((one.score for one in fused), reverse=True)
