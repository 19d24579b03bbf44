"""Dates and periods as people write them."""

from datetime import date

import pytest

from handlers.kb_words import read_note, read_refresh, read_validity
from services.domain.catalogue import PassportField

TODAY = date(2026, 11, 21)
SINCE, UNTIL = PassportField.VALID_FROM, PassportField.VALID_UNTIL


@pytest.mark.parametrize(
    ("words", "read"),
    [
        ("до 31.12.2026", {UNTIL: date(2026, 12, 31)}),
        ("2026-12-31", {UNTIL: date(2026, 12, 31)}),
        ("с 1.09.26", {SINCE: date(2026, 9, 1)}),
        ("с 01.09.2026 до 31.12.2026", {SINCE: date(2026, 9, 1), UNTIL: date(2026, 12, 31)}),
        ("from 1 September 2027 until 31 May 2028", {SINCE: date(2027, 9, 1), UNTIL: date(2028, 5, 31)}),
        ("31 декабря", {UNTIL: date(2026, 12, 31)}),
        ("до 5 мая", {UNTIL: date(2027, 5, 5)}),
        ("until Dec 31, 2026", {UNTIL: date(2026, 12, 31)}),
        ("March 3rd", {UNTIL: date(2027, 3, 3)}),
        ("бессрочно", {SINCE: None, UNTIL: None}),
        ("Always.", {SINCE: None, UNTIL: None}),
        ("31.02.2027", None),
        ("скоро", None),
        ("1.1.2026 2.2.2026 3.3.2026", None),
        ("", None),
    ],
)
def test_days_of_validity(words: str, read: dict[PassportField, date | None] | None) -> None:
    assert read_validity(words, TODAY) == read


@pytest.mark.parametrize(
    ("words", "days"),
    [
        ("30", 30),
        ("раз в 90 дней", 90),
        ("3 месяца", 90),
        ("полгода", 182),
        ("раз в год", 365),
        ("каждую неделю", 7),
        ("ежемесячно", 30),
        ("Monthly", 30),
        ("every 2 weeks", 14),
        ("quarterly", 91),
        ("5 лет", 1825),
        ("никогда", None),
    ],
)
def test_periods_of_checks(words: str, days: int | None) -> None:
    assert read_refresh(words) == {PassportField.REFRESH_DAYS: days}


def test_words_without_a_period_are_not_guessed() -> None:
    assert read_refresh("иногда") is None


@pytest.mark.parametrize(("words", "note"), [(" CC BY 4.0 ", "CC BY 4.0"), ("Нет", None), ("-", None)])
def test_a_note_is_taken_as_it_is(words: str, note: str | None) -> None:
    assert read_note(words) == {PassportField.NOTE: note}
