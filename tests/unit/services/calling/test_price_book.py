"""Prices of one's own, the list behind them, and what is assumed where nobody knows."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.calling.price_book import PriceBook, PriceRule
from services.domain.price import Bill, Rates, assumed_microusd
from services.domain.usage import Usage


class Listed:
    """Knows one model: a micro-dollar a token."""

    def load(self) -> None:
        """Nothing to load."""

    def bill(self, provider: str, model: str, usage: Usage) -> Bill:
        return Bill(usage.tokens_in + usage.tokens_out if model == "listed" else None)

    def batch_bill(self, provider: str, model: str, usage: Usage) -> Bill | None:
        return Bill(usage.tokens_in * 3 // 4) if provider == "has-batches" else None


def book(*rules: PriceRule, assumed: str = "10") -> PriceBook:
    return PriceBook(Listed(), rules, Decimal(assumed))


def rule(pattern: str, **rates: str) -> PriceRule:
    dollars: dict[str, Any] = {name: Decimal(value) for name, value in rates.items()}
    return PriceRule(pattern, Rates(**dollars))


def test_a_price_of_ones_own_goes_before_the_list() -> None:
    prices = book(rule("openai/listed", input="2", cached="0.5", output="8"))
    bill = prices.bill("openai", "listed", Usage(1_000, 400, 100))
    assert bill == Bill(600 * 2 + 400 // 2 + 100 * 8, price={"input": "2", "cached": "0.5", "output": "8"})
    assert prices.bill("groq", "listed", Usage(1_000)).cost_microusd == 1_000


def test_the_first_pattern_that_fits_holds_whatever_the_letters() -> None:
    prices = book(rule("gpu.lan:8000/qwen*", input="1"), PriceRule("gpu.lan:8000/*", Rates(local=True)))
    assert prices.bill("gpu.lan:8000", "Qwen/Qwen3-8B", Usage(7)).cost_microusd == 7
    assert prices.bill("gpu.lan:8000", "llama", Usage(7)) == Bill(0, price={"local": "true"})
    assert prices.bill("gpu.lan:8001", "llama", Usage(7)).cost_microusd is None


def test_what_is_used_and_has_no_price_makes_the_cost_unknown_and_never_free() -> None:
    prices = book(rule("a/*", input="1"))
    bill = prices.bill("a", "m", Usage(10, 0, 10))
    assert (bill.cost_microusd, bill.assumed_microusd, bill.counted_microusd) == (None, 200, 200)
    assert prices.bill("a", "m", Usage(audio_ms=1_000)).cost_microusd is None
    assert prices.bill("a", "m", Usage(10, audio_ms=1_000)).cost_microusd == 10
    assert prices.bill("a", "m", Usage(characters=3)).cost_microusd is None


def test_sound_by_the_hour_and_letters_by_the_million() -> None:
    assert book(rule("a/*", audio_hour="0.36")).bill("a", "w", Usage(audio_ms=90_500)).cost_microusd == 9_050
    assert book(rule("a/*", million_characters="15")).bill("a", "t", Usage(characters=1_000)).cost_microusd == 15_000


def test_what_was_turned_away_costs_nothing_even_where_no_price_is_known() -> None:
    assert book().bill("a", "unheard-of", Usage(estimated=True)) == Bill(0)


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(600_000, 0, 400_000), 10),
        (Usage(audio_ms=100_000_000), 10),  # an hour is 36,000 tokens: 0.36 $
        (Usage(tokens_in=900_000, tokens_audio=900_000, tokens_out=100_000, audio_ms=90_000_000), 10),
        (Usage(characters=500_000), 10),
    ],
)
def test_an_assumption_counts_sound_and_letters_as_tokens(usage: Usage, dollars: int) -> None:
    assert assumed_microusd(usage, Decimal(10)) == dollars * 1_000_000


USAGES = st.builds(
    Usage,
    tokens_in=st.integers(0, 10**6),
    tokens_cached=st.integers(0, 10**6),
    tokens_out=st.integers(0, 10**5),
    audio_ms=st.integers(0, 10**7),
    characters=st.integers(0, 10**5),
)


@settings(deadline=None)
@given(USAGES, st.booleans())
def test_more_than_nothing_is_counted_for_everything_unknown(usage: Usage, cheap: bool) -> None:
    bill = book(assumed="0.001" if cheap else "10").bill("a", "unheard-of", usage)
    used = usage.tokens_in + usage.tokens_out + usage.audio_ms + usage.characters > 0
    assert (bill.counted_microusd > 0) == used
    assert bill.cost_microusd is (None if used else 0) or bill.cost_microusd == 0


@settings(deadline=None)
@given(USAGES, USAGES)
def test_who_uses_more_never_pays_less(usage: Usage, more: Usage) -> None:
    """Else what is reserved for the most would be no bound."""
    prices = book(rule("a/*", input="2", cached="0.5", output="8", audio_hour="0.36", million_characters="15"))
    most = Usage(
        usage.tokens_in + more.tokens_in,
        0,
        usage.tokens_out + more.tokens_out,
        audio_ms=usage.audio_ms + more.audio_ms,
        characters=usage.characters + more.characters,
    )
    for model in ("a", "unheard-of"):
        assert prices.bill(model, "m", most).counted_microusd >= prices.bill(model, "m", usage).counted_microusd


def test_a_batch_costs_what_the_list_says_else_a_part_of_the_usual_price() -> None:
    prices = book(rule("openai/own", input="2", cached="0.5", output="7"))
    used = Usage(1_000, 400, 99)
    own = prices.batch_bill("openai", "own", used)
    assert own == Bill(600 + 100 + 347, price={"input": "1.0", "cached": "0.25", "output": "3.5"})
    assert prices.batch_bill("has-batches", "listed", used).cost_microusd == 750
    assert prices.batch_bill("openai", "listed", used).cost_microusd == 550  # 549.5
    unknown = prices.batch_bill("openai", "nobody-knows", used)
    assert unknown.cost_microusd is None
    assert 0 < unknown.assumed_microusd * 2 <= prices.bill("openai", "nobody-knows", used).assumed_microusd + 1
    assert prices.batch_bill("openai", "own", Usage()) == Bill(0)
