"""Filters in the words of a question."""

from datetime import date

import pytest

from services.domain.asked_filters import read_date, read_filters
from services.domain.errors import FilterUnclear
from services.domain.knowledge import SearchFilters


def test_filters_are_taken_out_of_a_question() -> None:
    asked = read_filters("since:2026-01 until:2026-06 type:pdf author:Анна что мы обещали?")
    assert asked.text == "что мы обещали?"
    assert asked.filters == SearchFilters(date(2026, 1, 1), date(2026, 6, 30), "Анна", "pdf")


def test_they_are_understood_in_russian_and_anywhere() -> None:
    asked = read_filters('Что с:15.01.2026 По:2026 тип:«прайс-лист» говорили\nоб этом? автор:"Анна Седова"')
    assert asked.text == "Что говорили\nоб этом?"
    assert asked.filters == SearchFilters(date(2026, 1, 15), date(2026, 12, 31), "Анна Седова", "прайс-лист")


@pytest.mark.parametrize(
    "question",
    [
        "Звоните по: телефону?",
        "Что писала автор: Анна?",
        "https://since:2026.ru",
        "Какой тип: pdf или docx?",
        "  два  ",
    ],
)
def test_a_question_without_filters_stays_as_it_is(question: str) -> None:
    asked = read_filters(question)
    assert asked.text == question
    assert not asked.filters


@pytest.mark.parametrize("written", ["since:вчера", "until:2026-13", "с:31.02.2026", "по:0000", "since:2026-1-1-1"])
def test_a_date_that_is_none_is_named(written: str) -> None:
    with pytest.raises(FilterUnclear) as refusal:
        read_filters(f"что нового {written}")
    assert refusal.value.facts == {"filter": written}


def test_a_period_without_a_day_is_refused() -> None:
    with pytest.raises(FilterUnclear):
        read_filters("since:2026-06 until:2026-01 что?")


@pytest.mark.parametrize(
    ("value", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("02.2024", date(2024, 2, 1), date(2024, 2, 29)),
        ("3.02.2024", date(2024, 2, 3), date(2024, 2, 3)),
        ("2024-2-3", date(2024, 2, 3), date(2024, 2, 3)),
    ],
)
def test_a_date_is_the_first_or_the_last_day_of_what_it_names(value: str, first: date, last: date) -> None:
    assert read_date(value, is_end=False) == first
    assert read_date(value, is_end=True) == last
