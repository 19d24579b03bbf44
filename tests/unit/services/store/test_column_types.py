import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Dialect
from sqlalchemy.dialects import postgresql, sqlite

from services.store.column_types import PersonText, UtcDateTime, dump_json

DIALECTS: list[Dialect] = [sqlite.dialect(), postgresql.dialect()]  # type: ignore[no-untyped-call]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
@given(
    moment=st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=3)), timezone(timedelta(hours=-9))]))
)
def test_a_moment_comes_back_in_utc(dialect: Dialect, moment: datetime) -> None:
    column = UtcDateTime()
    try:
        stored = column.process_bind_param(moment, dialect)
    except OverflowError:  # the first hours of year 1, the last of 9999
        return
    back = column.process_result_value(stored, dialect)
    assert back == moment
    assert back is not None
    assert back.tzinfo is UTC


def test_sqlite_keeps_moments_in_the_order_of_their_texts() -> None:
    stored = UtcDateTime().process_bind_param(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=3))), DIALECTS[0])
    assert stored == datetime(2025, 12, 31, 22)  # noqa: DTZ001


def test_a_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), DIALECTS[0])  # noqa: DTZ001


@given(st.text(alphabet=st.characters()))
def test_text_is_always_fit_to_be_stored(text: str) -> None:
    stored = PersonText().process_bind_param(text, DIALECTS[0])
    assert stored is not None
    assert "\0" not in stored
    stored.encode()
    if "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text):
        assert stored == text


@given(st.text(alphabet=st.sampled_from("aя🙂\0\ud83d\udc4d")))
def test_only_what_cannot_be_stored_is_dropped(text: str) -> None:
    kept = "".join(char for char in text if char not in "\0\ud83d\udc4d")
    assert PersonText().process_bind_param(text, DIALECTS[1]) == kept


@given(anything)
def test_json_comes_back_as_it_was(value: object) -> None:
    assert json.loads(dump_json(value)) == value


def test_json_survives_half_a_surrogate_pair_and_keeps_cyrillic_readable() -> None:
    assert dump_json({"слово": "чай"}) == '{"слово":"чай"}'
    assert json.loads(dump_json("\ud83d чай").encode()) == "\ud83d чай"
