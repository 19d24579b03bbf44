"""What is taken for invented, and what a person may well have said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.transcription.hallucinations import without_inventions
from services.transcription.ports import HeardSegment
from services.transcription.repetition import repeated_often, without_loops

SAID = HeardSegment(0, 3_000, "Нужен пост о чае с мятой.", -0.2, 0.02, 1.2)
WORDS = st.lists(st.sampled_from(["чай", "мята", "час", "тихо", "да"]), min_size=1, max_size=20)


def segment(
    text: str, *, sure: float = -0.2, silence: float = 0.02, packed: float = 1.2, ms: int = 3_000
) -> HeardSegment:
    return HeardSegment(0, ms, text, sure, silence, packed)


def kept(*segments: HeardSegment) -> list[str]:
    return [one.text for one in without_inventions(segments)]


@pytest.mark.parametrize(
    "text",
    [
        "Субтитры сделал DimaTorzok",
        " Субтитры создавал DimaTorzok.",
        "Редактор субтитров А.Семкин Корректор А.Егорова",
        "Субтитры подогнал «Симон»!",
        "Подписывайтесь на наш канал!",
        "Subtitles by the Amara.org community",
        "Transcribed by https://otter.ai",
        "Please subscribe!",
        "Don't forget to like and subscribe.",
        "♪♪",
        "...",
    ],
)
def test_credits_of_subtitles_are_never_dictated(text: str) -> None:
    assert kept(segment(text, sure=-0.05, silence=0.0)) == []
    assert kept(SAID, segment(text)) == [SAID.text]


@pytest.mark.parametrize("text", ["Продолжение следует...", "Thanks for watching!", "Thank you.", "ПОКА!"])
def test_farewells_are_believed_unless_there_are_signs_of_silence(text: str) -> None:
    assert kept(segment(text)) == [text]
    assert kept(segment(text, silence=0.7)) == []
    assert kept(segment(text, sure=-0.8)) == []
    assert kept(segment(text, ms=29_000)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Сделай продолжение следует заголовком для рассылки.",
        "Субтитры к ролику напишем завтра.",
        "Спасибо за просмотр макетов, теперь нужен слоган.",
        "Write a post that says thanks for watching our stream.",
        "Our subtitles are too long.",
        "Утвердить.",
        "Да.",
        "No.",
    ],
)
def test_briefs_with_such_words_are_believed(text: str) -> None:
    assert kept(segment(text)) == [text]
    assert kept(segment(text, silence=0.5)) == [text]


@pytest.mark.parametrize(
    ("silence", "sure", "believed"),
    [(0.61, -1.01, False), (0.61, -0.9, True), (0.2, -1.5, True), (0.9, -0.7, False), (0.9, -0.3, True)],
)
def test_silence_takes_two_witnesses(silence: float, sure: float, believed: bool) -> None:
    assert bool(kept(segment("Нужен пост о чае.", silence=silence, sure=sure))) is believed


def test_what_a_model_does_not_tell_is_no_evidence() -> None:
    assert kept(HeardSegment(0, 900, "Спасибо.")) == ["Спасибо."]


def test_a_loop_of_phrases_is_said_once() -> None:
    looping = [segment("Чай остыл."), *[segment("И снова чай.")] * 7, segment("Вот и всё.")]
    assert kept(*looping) == ["Чай остыл.", "И снова чай.", "Вот и всё."]
    assert kept(segment("Да."), segment("Да."), segment("Нет.")) == ["Да.", "Да.", "Нет."]


def test_a_loop_within_a_phrase_is_said_once() -> None:
    assert kept(segment("Пишем пост, " + "и чай, и мята, " * 9 + "точка.")) == ["Пишем пост, и чай, и мята, точка."]
    assert kept(segment("Очень, очень, очень тихо.")) == ["Очень, очень, очень тихо."]


def test_a_poor_loop_is_nothing() -> None:
    assert kept(segment("ла ла " * 40, packed=8.0, sure=-0.9)) == []
    assert kept(segment("ла ла " * 40, packed=8.0, sure=-0.1)) == ["ла"]


@given(WORDS)
def test_a_text_without_loops_stays_as_it_is(words: list[str]) -> None:
    once = without_loops(" ".join(words))
    assert without_loops(once) == once
    assert set(once.split()) == set(words)
    assert not repeated_often(once)


@given(WORDS, st.integers(4, 30))
def test_however_long_a_loop_lasts_its_words_are_said_once(words: list[str], rounds: int) -> None:
    phrase = " ".join(words[:12])
    assert without_loops(f"{phrase} " * rounds) == without_loops(phrase + " " + phrase + " " + phrase + " " + phrase)
