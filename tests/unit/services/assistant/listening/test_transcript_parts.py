"""A long text is cut for a model: nothing is lost, nothing is too long, no part is a rest."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.assistant.listening.transcript_parts import Line, cut_into_parts, spoken_lines
from services.domain.transcript import Segment
from tests.fakes.token_counter import WordCounter

COUNTER = WordCounter()


def lines(sizes: list[int]) -> list[Line]:
    return [Line(n * 1000, n * 1000 + 900, " ".join([f"w{n}"] * size)) for n, size in enumerate(sizes)]


@settings(max_examples=60)
@given(st.lists(st.integers(1, 250), min_size=1, max_size=60), st.integers(20, 200))
def test_every_word_is_in_one_part_and_no_part_is_too_long(sizes: list[int], limit: int) -> None:
    given_lines = lines(sizes)
    parts = cut_into_parts(COUNTER, "m", given_lines, limit)
    assert " ".join(part.text for part in parts).split() == " ".join(line.text for line in given_lines).split()
    assert all(COUNTER.count("m", part.text) <= limit for part in parts)
    assert [part.start_ms for part in parts] == sorted(part.start_ms for part in parts)
    assert (parts[0].start_ms, parts[-1].end_ms) == (given_lines[0].start_ms, given_lines[-1].end_ms)


def test_parts_are_about_equal() -> None:
    parts = cut_into_parts(COUNTER, "m", lines([9] * 105), 1000)
    assert [len(part.text.splitlines()) for part in parts] == [53, 52]


def test_what_fits_is_one_part() -> None:
    assert len(cut_into_parts(COUNTER, "m", lines([9] * 100), 1000)) == 1


def test_lines_carry_their_time() -> None:
    (line,) = spoken_lines([Segment(3_723_000, 3_725_000, " и ещё ")])
    assert line == Line(3_723_000, 3_725_000, "[1:02:03] и ещё")
