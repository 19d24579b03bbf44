"""Text for the ear."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.speech.readable_text import readable, shortened

ENDING = "Остальное читайте в сообщении."


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Возим с 6:30 [1]; раньше с 7:00 [2][3].", "Возим с 6:30; раньше с 7:00."),
        ("Цены [1, 4] и сроки [2–3]", "Цены и сроки."),
        ("**Тихая** *полка*, `код` и ~~лишнее~~", "Тихая полка, код и лишнее."),
        ("## Заголовок\n\n- первое\n- второе;\n1. третье", "Заголовок.\nпервое.\nвторое;\n1. третье."),
        ("Смотри [на сайте](https://muza.example/a_(b)) или https://x.example/y?z=1.", "Смотри на сайте или."),
        ("Да! 🎉👩‍🎨 Ура", "Да! Ура."),
        ("a_b и _курсив_ и __жирный__", "a_b и курсив и жирный."),
        ("```python\nprint(1)\n```\nГотово", "Готово."),
        ("<b>Смело</b>, || скрыто ||", "Смело, скрыто."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b.\n1 2."),
        ("> цитата\n> «дальше».", "цитата.\n«дальше»."),
        ("5 * 3 > 2", "5 3 2."),
        ("🎉\n---\n", ""),
        ("", ""),
    ],
)
def test_marks_links_and_numbers_of_sources_are_not_said(written: str, said: str) -> None:
    assert readable(written) == said


@given(st.text(alphabet=st.sampled_from("абвzx .,!?*_`~[]()<>#|-\n1234:/wht🎉«»\\"), max_size=200))
def test_nothing_is_left_that_only_the_eye_understands(text: str) -> None:
    said = readable(text)
    assert not re.search(r"[*`~|<>#\[\]{}\\]|://|\[\d+\]|🎉", said)
    assert all(line == line.strip() and line[-1] in ".!?…:;,»\"')" for line in said.splitlines())
    assert readable(said) == said


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert readable(readable(text)) == readable(text)


PARTS = st.lists(st.text(alphabet="абв гд.,!\n*[1]", max_size=400), max_size=8)


@given(PARTS, st.integers(min_value=80, max_value=900))
def test_what_is_said_fits_and_tells_what_was_left_out(parts: list[str], limit: int) -> None:
    said = shortened(parts, ENDING, limit)
    whole = "\n\n".join(text for part in parts if (text := readable(part)))
    assert len(said) <= limit
    assert said == whole or said.endswith(ENDING)
    assert (said == whole) is (len(whole) <= limit)


def test_parts_are_left_out_whole() -> None:
    said = shortened(["Раз. " * 10, "Два. " * 10, "Три. " * 30], ENDING, 150)
    assert said == f"{('Раз. ' * 10).strip()}\n\n{('Два. ' * 10).strip()}\n\n{ENDING}"


def test_a_first_part_that_is_too_long_is_cut_after_a_sentence() -> None:
    told = "Одно предложение. Другое предложение. Третье предложение."
    assert shortened([told], ENDING, 55) == f"Одно предложение.\n\n{ENDING}"
    assert shortened(["слово " * 40], ENDING, 60) == f"слово слово слово слово…\n\n{ENDING}"
