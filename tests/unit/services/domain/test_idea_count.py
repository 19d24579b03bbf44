"""A number counts ideas only where it stands with something written or invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.idea_count import MOST_IDEAS, asked_count, ideas_asked


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Сделай пять слоганов про зимний чай", 5),
        ("дай три идеи", 3),
        ("Дай 3 идеи для поста", 3),
        ("Придумай ещё одну идею", 1),
        ("пару заголовков для рассылки", 2),
        ("Напиши десять коротких заголовков", 10),
        ("серия из пяти постов про осень", 5),
        ("топ 7 лучших названий для кота", 7),
        ("идей пять, не больше", 5),
        ("Слоганов штук десять про зиму", 10),
        ("К 9 мая нужно шесть вариантов слогана", 6),
        ("За две недели до открытия дай четыре поста", 4),
        ("С 2025 года работаем, придумай восемь девизов", 8),
        ("двадцать идей", MOST_IDEAS),
        ("100 слоганов", MOST_IDEAS),
        ("Напиши два разных текста на 5 минут чтения", 2),
        ("три яркие концепции ролика", 3),
        ("Две штуки: 2 подписи к фото", 2),
        ("five slogans for winter tea", 5),
        ("Give me 10 taglines", 10),
        ("three more short ideas", 3),
        ("a couple of headlines", 2),
        ("Half a dozen names for the cat", 6),
        ("a dozen ideas", MOST_IDEAS),
        ("We open in 2 weeks, write six posts", 6),
        ("By 2026 we want one slogan", 1),
        ("Two banner ads for $5 tea", 2),
        ("50 ideas, please", MOST_IDEAS),
    ],
)
def test_how_many_are_asked_for(text: str, count: int) -> None:
    assert asked_count(text) == count


@pytest.mark.parametrize(
    "text",
    [
        "",
        "слоган к осени",
        "Дай несколько идей",
        "Ролик на 5 минут",
        "Две недели до открытия, нужны слоганы",
        "за две недели слоганы для трёх кофеен",
        "Идеи на 2025 год",
        "В 2025 идеи нужны смелее",
        "чай за 300 рублей, слоган",
        "Скидка 5% слоган для витрины",
        "Идеи к 8 марта",
        "на 23 февраля идеи",
        "заголовок в 5 слов",
        "слоган из трёх слов",
        "Пять минут тишины: идея плаката",
        "работаем 24/7 идеи про это",
        "доставка за 1,5 часа идея",
        "Первая идея, вторая идея",
        "Give me a slogan",
        "ideas for the next five years",
        "a 30 second video",
        "Two weeks, campaign ideas needed",
        "Ten years anniversary slogans",
        "$5 ideas",
        "5% ideas",
        "a few ideas",
        "Room 7: a poster for 3 people",
        "At 21:00 ideas come",
    ],
)
def test_other_numbers_are_no_counts(text: str) -> None:
    assert asked_count(text) is None


@pytest.mark.parametrize(
    ("brief", "instruction", "count"),
    [
        ("пять слоганов", "", 5),
        ("пять слоганов", "короче", 5),
        ("пять слоганов", "оставь три идеи", 3),
        ("слоган", "дай десять вариантов", 10),
        ("пять слоганов", "убери две идеи", 5),
        ("слоган", "drop two ideas", None),
        ("слоган", "один вариант хороший, остальные скучные", None),
        ("слоган", "", None),
    ],
)
def test_the_newer_wish_has_the_last_word(brief: str, instruction: str, count: int | None) -> None:
    assert ideas_asked(brief, instruction) == count


@given(st.text())
def test_whatever_is_written_the_number_can_be_made(text: str) -> None:
    assert asked_count(text) in {None, *range(1, MOST_IDEAS + 1)}


@given(st.integers(1, 999), st.sampled_from(["идей", "слоганов", "ideas", "taglines"]))
def test_digits_are_capped(number: int, thing: str) -> None:
    assert asked_count(f"{number} {thing}") == min(number, MOST_IDEAS)
