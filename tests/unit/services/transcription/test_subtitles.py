"""A transcript as files."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.domain.transcript import Segment
from services.transcription.subtitles import PARAGRAPH_LETTERS, subtitles, transcript_text

TALK = (
    Segment(0, 2_400, "Добрый  день."),
    Segment(2_500, 4_000, "Начнём\nс осени."),
    Segment(9_000, 9_100, "Магнит на дверь?"),
    Segment(3_600_000, 3_601_000, "Всё, спасибо."),
)


def test_paragraphs_begin_after_pauses_and_carry_their_minute() -> None:
    assert transcript_text(TALK) == (
        "[0:00] Добрый день. Начнём с осени.\n\n[0:09] Магнит на дверь?\n\n[1:00:00] Всё, спасибо.\n"
    )


def test_a_long_speech_without_pauses_is_still_paragraphs() -> None:
    words = [Segment(n * 1000, n * 1000 + 1000, "Слово за словом без пауз.") for n in range(200)]
    paragraphs = transcript_text(words).split("\n\n")
    assert len(paragraphs) > 5
    assert all(len(paragraph) < 3 * PARAGRAPH_LETTERS for paragraph in paragraphs)


def test_subtitles() -> None:
    assert subtitles(TALK[1:3]) == (
        "1\n00:00:02,500 --> 00:00:04,000\nНачнём с осени.\n\n2\n00:00:09,000 --> 00:00:09,500\nМагнит на дверь?\n\n"
    )
    assert "01:00:00,000 --> 01:00:01,000" in subtitles(TALK)


def test_nothing_was_heard() -> None:
    assert transcript_text(()) == ""
    assert subtitles([Segment(0, 1000, "  ")]) == ""


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 4_000), st.text(max_size=30)), max_size=20))
def test_subtitles_are_numbered_readable_and_never_overlap(rows: list[tuple[int, int, str]]) -> None:
    start, segments = 0, []
    for pause, length, text in rows:
        start += pause
        segments.append(Segment(start, start + length, text))
    blocks = [block for block in subtitles(segments).split("\n\n") if block]
    assert [int(block.split("\n")[0]) for block in blocks] == list(range(1, len(blocks) + 1))
    times = [[_ms(moment) for moment in re.findall(r"\d\d:\d\d:\d\d,\d{3}", block.split("\n")[1])] for block in blocks]
    for (begin, end), (following, _) in pairwise(times):
        assert begin < end
        assert end <= following or begin == following
    assert all(len(block.split("\n")) == 3 for block in blocks)


def _ms(moment: str) -> int:
    hours, minutes, seconds, thousandths = map(int, re.split("[:,]", moment))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
