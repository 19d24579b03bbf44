"""Against values computed by hand from the definitions."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.retrieval.ranking_metrics import mean_of, measure

ITEMS = st.sets(st.sampled_from("abcdef"))


def test_one_document_in_the_third_place() -> None:
    found = measure([set(), set(), {"a"}, set()], {"a"})
    assert found == {
        "recall@1": 0.0,
        "recall@3": 1.0,
        "recall@5": 1.0,
        "recall@10": 1.0,
        "precision@5": 0.2,
        "mrr": pytest.approx(1 / 3),
        "ndcg@10": pytest.approx(1 / math.log2(4)),  # 0.5
    }


def test_two_documents_at_places_two_and_six() -> None:
    found = measure([set(), {"a"}, set(), set(), set(), {"b"}], {"a", "b"})
    assert (found["recall@1"], found["recall@3"], found["recall@5"], found["recall@10"]) == (0, 0.5, 0.5, 1)
    assert found["mrr"] == 0.5
    gained, ideal = 1 / math.log2(3) + 1 / math.log2(7), 1 + 1 / math.log2(3)
    assert found["ndcg@10"] == pytest.approx(gained / ideal)
    assert found["ndcg@10"] == pytest.approx(0.605, abs=0.001)


def test_more_passages_of_one_document_are_precise_but_find_nothing_new() -> None:
    found = measure([{"a"}, {"a"}, {"a"}, {"b"}], {"a", "b"})
    assert found["precision@5"] == 0.8
    assert (found["recall@3"], found["recall@5"]) == (0.5, 1.0)
    assert found["ndcg@10"] == pytest.approx((1 + 1 / math.log2(5)) / (1 + 1 / math.log2(3)))


def test_one_passage_may_show_two_texts() -> None:
    found = measure([{"a", "b"}], {"a", "b"})
    assert (found["recall@1"], found["ndcg@10"]) == (1.0, 1.0)


def test_what_comes_after_the_tenth_place_does_not_count() -> None:
    found = measure([set()] * 10 + [{"a"}], {"a"})
    assert set(found.values()) == {0.0}


def test_nothing_found_is_all_zeros() -> None:
    assert set(measure([], {"a"}).values()) == {0.0}


def test_means_are_of_each_measure() -> None:
    assert mean_of([{"mrr": 1.0, "recall@1": 0.0}, {"mrr": 0.5, "recall@1": 1.0}]) == {"mrr": 0.75, "recall@1": 0.5}
    assert mean_of([]) == {}


@settings(max_examples=50)
@given(st.lists(ITEMS, max_size=12), st.sets(st.sampled_from("abcdef"), min_size=1))
def test_measures_are_shares_and_recall_grows_with_depth(shown: list[set[str]], wanted: set[str]) -> None:
    found = measure([one & wanted for one in shown], wanted)
    assert all(0 <= value <= 1 for value in found.values())
    recalls = [found[f"recall@{depth}"] for depth in (1, 3, 5, 10)]
    assert recalls == sorted(recalls)
