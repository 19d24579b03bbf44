"""The books are compared call by call."""

from tests.durability.a_good_day import generation, good_day, metered, model_call
from tests.durability.ledger_check import check_ledger


def test_a_good_day_balances() -> None:
    findings = check_ledger(good_day())
    assert findings.broken() == {}
    assert findings.ledger_tokens == findings.meter_tokens == 1_000


def test_a_token_of_difference_is_found() -> None:
    assert set(check_ledger(good_day(model_calls=[metered(tokens=(900, 101))])).broken()) == {"different"}


def test_a_request_without_a_row_is_found() -> None:
    stranger = metered(7)
    nameless = metered(8)
    nameless.request_id = ""
    assert len(check_ledger(good_day(model_calls=[metered(), stranger, nameless])).unrecorded) == 2


def test_one_row_asked_twice_is_found() -> None:
    assert set(check_ledger(good_day(model_calls=[metered(), metered()])).broken()) == {"double"}


def test_a_row_that_nobody_closed_is_found() -> None:
    rows = [model_call(), model_call(2, "started")]
    assert set(check_ledger(good_day(tables={"model_calls": rows})).broken()) == {"open"}


def test_ok_in_the_ledger_must_have_finished_at_the_meter() -> None:
    assert set(check_ledger(good_day(model_calls=[metered(outcome="abandoned")])).broken()) == {"different"}
    assert set(check_ledger(good_day(model_calls=[])).broken()) == {"different"}


def test_a_call_cut_by_a_kill_is_one_row_with_an_estimate() -> None:
    rows = [model_call(1, "lost", (880, 40)), model_call(2)]
    day = good_day(tables={"model_calls": rows}, model_calls=[metered(1, "abandoned", (900, 44)), metered(2)])
    findings = check_ledger(day)
    assert findings.broken() == {}
    assert (findings.cut_short, findings.estimated_tokens, findings.metered_tokens) == (1, 920, 944)


def test_usage_counted_twice_is_found() -> None:
    rows = [model_call(), model_call(2)]
    double = generation() | {"usage": '{"tokens_in": 1800, "tokens_out": 200}'}
    day = good_day(tables={"model_calls": rows, "generations": [double]}, model_calls=[metered(), metered(2)])
    findings = check_ledger(day)
    assert set(findings.broken()) == {"double"}
    assert findings.asked_again == 1


def test_an_answer_that_was_repaired_used_both_calls() -> None:
    rows = [model_call(), model_call(2, tokens=(300, 90)) | {"prompt_name": "repair"}]
    mended = generation() | {"usage": '{"tokens_in": 1200, "tokens_out": 190}'}
    metered_twice = [metered(), metered(2, tokens=(300, 90))]
    assert (
        check_ledger(
            good_day(tables={"model_calls": rows, "generations": [mended]}, model_calls=metered_twice)
        ).broken()
        == {}
    )
