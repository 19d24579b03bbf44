"""How hard a brief is, by its words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.domain.complexity import (
    LONG_CHARACTERS,
    asks_for_thought,
    constraints_in,
    difficulty_of,
    difficulty_of_question,
    is_discontent,
)
from services.domain.routing import RouteReason

R = RouteReason


@pytest.mark.parametrize(
    ("brief", "reason"),
    [
        ("слоган для осени", R.PLAIN),
        ("Придумай 5 подписей к фото банки на подоконнике", R.PLAIN),
        ("пост про новый вкус, не больше 300 знаков", R.PLAIN),
        ("a slogan for a quiet evening", R.PLAIN),
        ("Three captions for the rain photo, no more than 20 words", R.PLAIN),
        ("a card for those who came back to us", R.PLAIN),
        ("Стратегия запуска чая в кофейнях", R.STRATEGY),
        ("позиционирование линейки для подарков", R.STRATEGY),
        ("Рекламная кампания на весь год", R.STRATEGY),
        ("Brand manifesto, one page", R.STRATEGY),
        ("rebranding ideas", R.STRATEGY),
        ("пост для бариста и для гостей", R.AUDIENCES),
        ("тексты для мам, для студентов", R.AUDIENCES),
        ("Письмо, отдельно для постоянных покупателей", R.AUDIENCES),
        ("A leaflet for night nurses and for students", R.AUDIENCES),
        ("headlines for two audiences", R.AUDIENCES),
        ("пост: без слова «вкусный», обязательно с ценой, не длиннее 200 знаков", R.CONSTRAINTS),
        ("Плакат.\n- 21:00 в заголовке\n- одна банка в кадре\n- код внизу", R.CONSTRAINTS),
        ("A banner. It must name the hour, avoid the word tea, at most 6 words", R.CONSTRAINTS),
        ("слово " * 60, R.LONG),
    ],
)
def test_what_makes_a_brief_hard(brief: str, reason: RouteReason) -> None:
    assert difficulty_of(brief) is reason


@pytest.mark.parametrize(
    "text",
    [
        "Подумай хорошенько и дай слоган",
        "слоган, но сначала как следует подумай",
        "не спеши: подпись к фото",
        "Think hard: a slogan",
        "think really carefully about the name",
        "Take your time.",
    ],
)
def test_thought_is_asked_for(text: str) -> None:
    assert asks_for_thought(text)


@pytest.mark.parametrize("text", ["думай о вечере", "I think a card is hard to print", "a think piece", "спеши домой"])
def test_thought_is_not_asked_for(text: str) -> None:
    assert not asks_for_thought(text)


@pytest.mark.parametrize("text", ["не то", "Скучно, давай ещё", "not good", "too generic", "мне не нравится второй"])
def test_discontent(text: str) -> None:
    assert is_discontent(text)


@pytest.mark.parametrize(
    "text", ["сделай второй короче", "не только про чай", "add the price", "мимоходом упомяни час"]
)
def test_a_wish_is_no_discontent(text: str) -> None:
    assert not is_discontent(text)


def test_one_condition_said_twice_is_one() -> None:
    assert constraints_in("без скидок, без ссылок, без цены") == 1


def test_a_question_is_hard_by_its_length_alone() -> None:
    assert difficulty_of_question("Какая у нас стратегия и бюджет для мам и для студентов?") is R.PLAIN
    assert difficulty_of_question("почему " * 80) is R.LONG


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=2_000), st.sampled_from(["Стратегия запуска. ", "Отдельно для мам. "]))
def test_more_words_never_make_a_hard_brief_plain(text: str, hard: str) -> None:
    assert difficulty_of(hard + text) is not R.PLAIN
    assert len(text) <= LONG_CHARACTERS or difficulty_of(text) is not R.PLAIN
