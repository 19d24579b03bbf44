"""Which questions are understood without the conversation."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.reference_back import leans_on_what_was_said


@pytest.mark.parametrize(
    "question",
    [
        "во сколько пить «Сказку на ночь»?",
        "какие слова нам запрещены?",
        "сколько стоит набор «Режим дня»?",
        "есть ли кофеин в «Семи утра»?",
        "Можно ли ставить восклицательный знак?",
        "how much is a can of Bedtime Story?",
        "Which words are banned in English?",
        "may we promise better sleep?",
        "who is our customer at five o'clock?",
    ],
)
def test_these_stand_alone(question: str) -> None:
    assert not leans_on_what_was_said(question)


@pytest.mark.parametrize(
    "question",
    [
        "а сколько стоит набор из пяти?",
        "сколько стоит?",
        "какой у неё объём в миллилитрах?",
        "почему это запрещено в наших текстах?",
        "чем второй вкус отличается от третьего?",
        "расскажи подробнее про кампанию",
        "что было в предыдущем ответе про цену?",
        "ещё примеры таких слов есть?",
        "and how much is a box of five?",
        "What does it cost in a café?",
        "why are those words banned here?",
        "what about the second flavour?",
        "which one is sold in cafés?",
        "You said 21:00: where is it written?",
        "",
    ],
)
def test_these_lean_on_what_was_said(question: str) -> None:
    assert leans_on_what_was_said(question)


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=300), st.sampled_from([" а у него?", " what about it?", " и почему так"]))
def test_more_words_do_not_make_it_stand_alone(text: str, leaning: str) -> None:
    assert leans_on_what_was_said(text + leaning)
