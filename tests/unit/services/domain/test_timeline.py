"""Moments of a recording, written and read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.recording import Piece
from services.domain.timeline import read_timecode, timecode, timeline
from services.domain.transcript import Segment, Transcript


@pytest.mark.parametrize(
    ("milliseconds", "written"),
    [(0, "0:00"), (59_999, "0:59"), (750_000, "12:30"), (3_600_000, "1:00:00"), (14_399_999, "3:59:59"), (-5, "0:00")],
)
def test_moments(milliseconds: int, written: str) -> None:
    assert timecode(milliseconds) == written


@given(st.integers(0, 99 * 3_600_000))
def test_what_was_written_is_read(milliseconds: int) -> None:
    assert read_timecode(f"[{timecode(milliseconds)}]") == milliseconds // 1000 * 1000


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [("00:12:30", 750_000), ("12:30,5", 750_000), ("95:10", 5_710_000), ("at 1:02", 62_000)],
)
def test_other_ways_to_write_a_moment(text: str, milliseconds: int) -> None:
    assert read_timecode(text) == milliseconds


@pytest.mark.parametrize("text", ["", "все", "12:75", "12"])
def test_what_is_no_moment(text: str) -> None:
    assert read_timecode(text) is None


def test_phrases_stand_in_order_and_a_piece_without_phrases_is_one() -> None:
    told = Segment(10_000, 11_000, "фраза")
    pieces = [
        Piece(1, 2, 60_000, 90_000, "c", Transcript(" без времени ")),
        Piece(1, 0, 10_000, 20_000, "a", Transcript("фраза", "ru", (told, Segment(11_000, 12_000, " ")))),
        Piece(1, 1, 30_000, 40_000, "b", Transcript("  ")),
        Piece(1, 3, 95_000, 99_000, "d", None),
    ]
    assert timeline(pieces) == (told, Segment(60_000, 90_000, "без времени"))
