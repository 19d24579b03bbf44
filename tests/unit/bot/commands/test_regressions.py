from bot.commands.regressions import regressions

BEFORE = {
    "fused": {"recall@1": 0.95, "mrr": 0.96},
    "keyword": {"recall@1": 0.94},
    "dense": None,
    "by_lang": {"ru": {"fused": {"recall@1": 0.93}, "keyword": {"recall@1": 0.93}}},
    "by_slice": {"typo": {"fused": {"recall@1": 0.9}}},
    "latency_ms": {"fused": {"p50": 1.0}},
}


def test_the_same_or_better_is_no_regression() -> None:
    assert regressions(BEFORE, BEFORE, 0.0) == []
    assert regressions(BEFORE, BEFORE | {"fused": {"recall@1": 0.99, "mrr": 0.99}, "dense": {"mrr": 0.1}}, 0.0) == []


def test_a_fall_beyond_the_tolerance_is_told_where() -> None:
    now = BEFORE | {"fused": {"recall@1": 0.94, "mrr": 0.957}}
    assert [str(one) for one in regressions(BEFORE, now, 0.005)] == ["fused recall@1: 0.9400, was 0.9500"]
    assert regressions(BEFORE, now, 0.01) == []


def test_a_language_that_got_worse_counts_even_if_the_whole_did_not() -> None:
    now = BEFORE | {"by_lang": {"ru": {"fused": {"recall@1": 0.80}, "keyword": {"recall@1": 0.93}}}}
    assert [one.where for one in regressions(BEFORE, now, 0.005)] == ["ru fused recall@1"]


def test_a_leg_that_is_gone_is_a_regression_and_a_slower_or_smaller_slice_is_none() -> None:
    now = BEFORE | {"keyword": None, "by_slice": {}, "latency_ms": {"fused": {"p50": 99.0}}}
    assert [one.where for one in regressions(BEFORE, now, 0.005)] == ["keyword recall@1"]
