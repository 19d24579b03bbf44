"""A transcript as files."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from services.domain.transcript import Segment
from services.transcription.subtitles import LINE, LINES, PARAGRAPH_LETTERS, subtitles, transcript_text

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
        "1\n00:00:02,500 --> 00:00:04,000\nНачнём с осени.\n\n2\n00:00:09,000 --> 00:00:10,000\nМагнит на дверь?\n\n"
    )
    assert "01:00:00,000 --> 01:00:01,000" in subtitles(TALK)


def test_a_long_phrase_is_shown_in_parts_that_share_its_time() -> None:
    words = "Мы хотим показать тишину между двумя шумными днями и не сказать о ней ни слова"
    blocks = subtitles([Segment(10_000, 20_000, f"{words}, {words}.")]).strip().split("\n\n")
    times = [re.findall(r"[\d:,]{12}", block) for block in blocks]
    assert len(blocks) == 2
    assert times[0][0] == "00:00:10,000"
    assert times[0][1] == times[1][0]
    assert 14_000 < _ms(times[0][1]) < 16_000
    assert times[1][1] == "00:00:20,000"
    lines = [line for block in blocks for line in block.split("\n")[2:]]
    assert " ".join(lines) == f"{words}, {words}."
    assert min(map(len, lines)) > LINE / 2, "balanced"


def test_words_with_hyphens_stay_whole() -> None:
    shown = subtitles([Segment(0, 9_000, "где-нибудь когда-нибудь " * 6)])
    assert set(re.findall(r"[а-я][а-я-]+", shown)) == {"где-нибудь", "когда-нибудь"}


def test_what_reads_like_an_arrow_does_not_break_the_file() -> None:
    assert subtitles([Segment(0, 1_000, "было --> стало\n\n2\n")]).split("\n")[2:] == ["было → стало 2", "", ""]


def test_phrases_that_overlap_are_shown_one_after_the_other() -> None:
    shown = subtitles([Segment(5_000, 9_000, "b"), Segment(1_000, 6_000, "a"), Segment(5_000, 7_000, "c")])
    assert re.findall(r"(\S+) --> (\S+)\n(\w)", shown) == [
        ("00:00:01,000", "00:00:05,000", "a"),
        ("00:00:05,000", "00:00:09,000", "b"),
        ("00:00:09,000", "00:00:10,000", "c"),
    ]


def test_nothing_was_heard() -> None:
    assert transcript_text(()) == ""
    assert subtitles([Segment(0, 1000, "  ")]) == ""


@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 4_000), st.text(max_size=200)), max_size=20))
def test_subtitles_are_numbered_readable_and_never_overlap(rows: list[tuple[int, int, str]]) -> None:
    start, segments = 0, []
    for pause, length, text in rows:
        start += pause
        segments.append(Segment(start, start + length, text))
    blocks = [block for block in subtitles(segments).split("\n\n") if block]
    assert [int(block.split("\n")[0]) for block in blocks] == list(range(1, len(blocks) + 1))
    times = [[_ms(moment) for moment in re.findall(r"\d\d:\d\d:\d\d,\d{3}", block.split("\n")[1])] for block in blocks]
    for (begin, end), (following, _) in pairwise(times):
        assert begin < end <= following
    for block in blocks:
        lines = block.split("\n")[2:]
        assert 1 <= len(lines) <= LINES
        assert all(0 < len(line) <= LINE for line in lines)


def _ms(moment: str) -> int:
    hours, minutes, seconds, thousandths = map(int, re.split("[:,]", moment))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
