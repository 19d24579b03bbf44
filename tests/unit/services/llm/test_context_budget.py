import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.errors import ContextTooLong
from services.llm.context_budget import fit_newest, fit_newest_aside, fit_passages, fit_passages_aside
from tests.fakes.token_counter import WordCounter

COUNTER = WordCounter()
texts = st.lists(st.integers(0, 60).map(lambda words: "word " * words), max_size=12)


def test_what_does_not_fit_is_dropped_by_rank_and_named() -> None:
    fit = fit_passages(COUNTER, "m", "five words of fixed text", ["a " * 20, "b " * 100, "c " * 10], 75)
    assert fit.kept == (0, 2)
    assert fit.dropped == (1,)
    assert fit.tokens == 5 + 20 + 12 + 10 + 12


def test_everything_fits() -> None:
    assert fit_passages(COUNTER, "m", "", ["a", "b"], 100).kept == (0, 1)


def test_a_fixed_text_that_does_not_fit_is_an_error_with_the_limit() -> None:
    with pytest.raises(ContextTooLong) as failure:
        fit_passages(COUNTER, "m", "one two three", [], 2)
    assert failure.value.facts == {"limit": 2}


@given(passages=texts, limit=st.integers(5, 300))
def test_every_passage_is_kept_or_dropped_and_the_limit_holds(passages: list[str], limit: int) -> None:
    fit = fit_passages(COUNTER, "m", "fixed", passages, limit)
    assert sorted(fit.kept + fit.dropped) == list(range(len(passages)))
    assert list(fit.kept) == sorted(fit.kept)
    assert fit.tokens <= limit
    for index in fit.dropped:  # it did not fit beside the better ones
        better = sum(COUNTER.count("m", passages[kept]) + 12 for kept in fit.kept if kept < index)
        assert 1 + better + COUNTER.count("m", passages[index]) + 12 > limit


async def test_counting_aside_gives_the_same_result() -> None:
    passages = ["word " * 5_000, "word " * 10]
    assert await fit_passages_aside(COUNTER, "m", "fixed", passages, 1_000) == fit_passages(
        COUNTER, "m", "fixed", passages, 1_000
    )
    assert await fit_newest_aside(COUNTER, "m", passages, 10) == fit_newest(COUNTER, "m", passages, 10)
    assert fit_newest(COUNTER, "m", passages, 10)[0] == 1


@given(turns=texts, limit=st.integers(0, 200))
def test_a_conversation_keeps_its_newest_turns(turns: list[str], limit: int) -> None:
    kept, left_out = fit_newest(COUNTER, "m", turns, limit)
    sizes = [COUNTER.count("m", turn) for turn in turns]
    assert sum(sizes[len(sizes) - kept :]) <= limit
    assert left_out == sum(sizes[: len(sizes) - kept])
    if kept < len(turns):
        assert sum(sizes[len(sizes) - kept - 1 :]) > limit
