"""Times, confidence and language of what is believed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transcription.believed import believed
from services.transcription.language_names import language_code
from services.transcription.ports import Heard, HeardSegment


def test_sentences_without_times_share_the_time_by_their_letters() -> None:
    transcript = believed(Heard("Нужен пост. Да. ", None, (), None, avg_logprob=math.log(0.8)), 14_000)
    assert [(one.start_ms, one.end_ms, one.text) for one in transcript.segments] == [
        (0, 11_000, "Нужен пост."),
        (11_000, 14_000, "Да."),
    ]
    assert transcript.text == "Нужен пост. Да."
    assert transcript.confidence == pytest.approx(0.8)


@pytest.mark.parametrize(("text", "language"), [("Нужен пост для Instagram.", "ru"), ("A post about tea.", "en")])
def test_a_language_that_is_not_told_is_seen_by_its_letters(text: str, language: str) -> None:
    assert believed(Heard(text, None, (), None), 1_000).language == language
    assert believed(Heard(text, "uk", (), None), 1_000).language == "uk"


def test_confidence_is_the_mean_by_length_of_what_is_known() -> None:
    parts = (
        HeardSegment(0, 1_000, "Раз.", math.log(0.5)),
        HeardSegment(1_000, 4_000, "Два.", math.log(0.9)),
        HeardSegment(4_000, 9_000, "Три."),
    )
    assert believed(Heard("", "ru", parts, None), 9_000).confidence == pytest.approx(0.8)
    assert believed(Heard("", "ru", parts[2:], None), 9_000).confidence is None


def test_nothing_heard_is_an_empty_text_in_the_language_told() -> None:
    silent = believed(Heard("  ", "ru", (), None), 1_000)
    assert (silent.text, silent.language, silent.segments) == ("", "ru", ())


times = st.integers(-500, 40_000)
segments = st.builds(HeardSegment, times, times, st.sampled_from([" Да", "Нет. ", "Чай"]), st.floats(-5, 1))


@given(st.lists(segments, max_size=6).map(tuple), st.integers(1, 30_000))
def test_times_stay_within_the_piece_and_confidence_within_one(parts: tuple[HeardSegment, ...], length: int) -> None:
    transcript = believed(Heard("", "ru", parts, None), length)
    for one in transcript.segments:
        assert 0 <= one.start_ms <= one.end_ms <= length
        assert one.text == one.text.strip() != ""
        assert one.confidence is not None
        assert 0 <= one.confidence <= 1
    assert transcript.text == " ".join(one.text for one in transcript.segments)


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ("russian", "ru"),
        ("Russian", "ru"),
        ("ru-RU", "ru"),
        ("en_US", "en"),
        ("haitian creole", "ht"),
        ("martian", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_languages_are_known_by_name_and_by_code(told: object, code: str | None) -> None:
    assert language_code(told) == code
