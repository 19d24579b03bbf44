"""Filters of a search against what is known of a document."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.domain.admission import admits
from services.domain.knowledge import SearchFilters

SPRING = date(2026, 3, 15)


def admitted(filters: SearchFilters, **facts: Any) -> bool:
    known: dict[str, Any] = {"dated": SPRING, "added": None, "author": None, "type_": "document", "format_": "pdf"}
    return admits(filters, **{**known, **facts})


@pytest.mark.parametrize(
    ("since", "until", "is_in"),
    [
        (SPRING, SPRING, True),
        (date(2026, 3, 16), None, False),
        (None, date(2026, 3, 14), False),
        (date(2026, 1, 1), None, True),
    ],
)
def test_both_ends_of_a_period_belong_to_it(since: date | None, until: date | None, *, is_in: bool) -> None:
    assert admitted(SearchFilters(since=since, until=until)) is is_in


def test_a_document_without_a_date_counts_from_the_day_it_was_added() -> None:
    filters = SearchFilters(since=date(2026, 3, 1))
    assert admitted(filters, dated=None, added=datetime(2026, 4, 1, 23, 30, tzinfo=UTC))
    assert not admitted(filters, dated=None)
    assert not admitted(filters, dated=date(2025, 1, 1), added=datetime(2026, 4, 1, tzinfo=UTC))


def test_an_author_is_found_by_a_part_of_the_name() -> None:
    assert admitted(SearchFilters(author="алёна  орл"), author="Алена Орлова")
    assert not admitted(SearchFilters(author="Алёна"), author="Анна")
    assert not admitted(SearchFilters(author="Алёна"), author=None)


@pytest.mark.parametrize("word", ["pdf", "PDF", "пдф", "прайс"])
def test_a_type_is_the_format_or_what_the_document_calls_itself(word: str) -> None:
    assert admitted(SearchFilters(type=word), type_="Прайс-лист")


def test_another_type_is_not_let_through() -> None:
    assert not admitted(SearchFilters(type="docx"))
    assert admitted(SearchFilters(type="ворд"), format_="docx")


def test_all_filters_must_hold() -> None:
    both = SearchFilters(author="Анна", type="pdf")
    assert admitted(both, author="Анна Седова")
    assert not admitted(both, author="Анна Седова", format_="docx")
    assert not bool(SearchFilters())
