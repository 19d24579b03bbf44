"""Cuts lie in pauses, and nothing that was said is lost or doubled."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from services.transcription.cutting import (
    CHUNK_MS,
    EARLIEST,
    GOES_ON,
    LONG_SILENCE,
    LONGEST,
    MARGIN,
    SHORTEST,
    STARTS,
    WISHED,
    Cut,
    Cutter,
)

Moments = list[tuple[float, float]]
"""(Likelihood of speech, loudness)."""


def seconds(count: float, likelihood: float, loudness: float = 0.1) -> Moments:
    return [(likelihood, loudness)] * int(count * 1000 / CHUNK_MS)


def speech(count: float) -> Moments:
    return seconds(count, 0.95)


def pause(count: float) -> Moments:
    return seconds(count, 0.01, 0.001)


def cuts_of(moments: Moments) -> list[Cut]:
    cutter = Cutter()
    cuts = [cut for likelihood, loudness in moments for cut in cutter.feed(likelihood, loudness)]
    return [*cuts, *cutter.finish()]


def test_a_short_note_is_one_piece_with_its_pauses() -> None:
    cuts = cuts_of(pause(1) + speech(3) + pause(4) + speech(50) + pause(0.5) + speech(100) + pause(2))
    (cut,) = cuts
    assert cut.start == len(pause(1)) - MARGIN
    assert cut.end == len(pause(1) + speech(3) + pause(4) + speech(50) + pause(0.5) + speech(100)) + MARGIN
    assert cut.speech * CHUNK_MS // 1000 in (152, 153)


def test_nobody_speaks() -> None:
    assert cuts_of(pause(400)) == []
    assert cuts_of(seconds(400, 0.4)) == [], "music: likely at times, never enough"


def test_clicks_are_not_speech_and_a_yes_is() -> None:
    click = [(0.9, 0.5)] * (SHORTEST - 1)
    assert cuts_of((pause(2) + click) * 20) == []
    assert cuts_of(pause(2) + click) == [], "the file ends with it"
    (cut,) = cuts_of(pause(2) + [(0.9, 0.5)] * SHORTEST + pause(2))
    assert cut.speech == SHORTEST


def test_speech_begins_surely_and_goes_on_with_less() -> None:
    unsure = (STARTS + GOES_ON) / 2
    (cut,) = cuts_of(seconds(1, unsure) + speech(1) + seconds(1, unsure) + pause(1))
    assert cut.speech == len(speech(1) + seconds(1, unsure))


def test_a_long_silence_is_in_no_piece() -> None:
    first, second = cuts_of(speech(5) + pause(60) + speech(5))
    assert first == Cut(0, len(speech(5)) + MARGIN, len(speech(5)))
    assert second.start == len(speech(5) + pause(60)) - MARGIN


def test_a_long_talk_is_cut_at_its_longest_pauses() -> None:
    talk = (speech(10) + pause(0.4)) * 8 + pause(1.0) + (speech(10) + pause(0.4)) * 12
    cuts = cuts_of(talk)
    longest_pause = len((speech(10) + pause(0.4)) * 8)
    assert abs(cuts[0].end - longest_pause) <= len(pause(1.0))
    assert len(cuts) == 2


def test_the_pause_that_is_not_too_late_is_chosen_among_equals() -> None:
    cuts = cuts_of((speech(5) + pause(0.5)) * 200)
    lengths = [cut.end - cut.start for cut in cuts[:-1]]
    assert all(EARLIEST - 2 * MARGIN <= length <= WISHED + 3 * MARGIN for length in lengths), lengths


def test_who_takes_no_breath_is_cut_off_where_it_is_quietest() -> None:
    quiet = 110 * 1000 // CHUNK_MS
    talk = speech(400)
    talk[quiet : quiet + 3] = [(0.95, 0.01)] * 3
    first, second, *_ = cuts_of(talk)
    assert quiet <= first.end <= quiet + 3
    assert second.start == first.end, "nothing is lost between"


def test_the_end_of_a_word_that_was_cut_through_is_kept() -> None:
    talk = [(0.95, 0.1)] * (LONGEST - 3) + [(0.95, 0.0)] + [(0.95, 0.1)] * 4 + pause(20)
    first, second = cuts_of(talk)
    assert first.end < LONGEST
    assert second.start == first.end
    assert second.speech == LONGEST + 2 - first.end


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(0.1, 200), st.floats(0, 1), st.floats(0, 1)).map(lambda one: seconds(*one)),
        max_size=12,
    )
)
def test_pieces_are_apart_bounded_and_hold_all_speech(parts: list[Moments]) -> None:
    moments = [moment for part in parts for moment in part]
    cutter = Cutter()
    cuts: list[Cut] = []
    for now, (likelihood, loudness) in enumerate(moments):
        cuts += cutter.feed(likelihood, loudness)
        assert now + 1 - cutter.needed_from <= LONGEST, "memory"
    cuts += cutter.finish()
    assert all(0 <= cut.start < cut.end <= len(moments) for cut in cuts)
    assert all(cut.end - cut.start <= LONGEST for cut in cuts)
    assert all(before.end <= after.start for before, after in pairwise(cuts))
    covered = {moment for cut in cuts for moment in range(cut.start, cut.end)}
    assert speech_in(moments) <= covered
    assert sum(cut.speech for cut in cuts) <= len(covered)
    for before, after in pairwise(cuts):
        assert after.start - before.end < LONG_SILENCE or not speech_in(moments) & set(range(before.end, after.start))


def speech_in(moments: Moments) -> set[int]:
    """Moments of certain speech that lasts, whatever is around."""
    found: set[int] = set()
    run: list[int] = []
    for number, (likelihood, _) in enumerate([*moments, (0.0, 0.0)]):
        if likelihood >= STARTS:
            run.append(number)
            continue
        if len(run) >= SHORTEST:
            found.update(run)
        run = []
    return found
