"""What cleaning takes away, and that it takes nothing that was said only once."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from services.documents.cleaning.characters import clean_characters, has_invisible_text
from services.documents.cleaning.markup import clean_markup
from services.documents.cleaning.order import clean_pages
from services.documents.cleaning.page_furniture import drop_page_furniture
from services.documents.cleaning.repeated_paragraphs import drop_repeated
from services.documents.cleaning.whole_text import join_pages

WORDS = st.text(st.sampled_from("абвгдежзиклмнabcdefgh"), min_size=2, max_size=8)
SENTENCE = st.lists(WORDS, min_size=2, max_size=14).map(lambda words: " ".join(words) + ".")
LINE = st.one_of(
    SENTENCE,
    st.integers(1, 30).map(lambda number: f"Page {number} of 30"),
    st.sampled_from(["Muza brand book", "| a | b |", "# Голос", "- пункт списка", "![](x.png)", "<br>", "```", ""]),
)
PAGE = st.lists(LINE, max_size=8).map("\n\n".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(PAGE, min_size=1, max_size=6))
def test_every_sentence_stays_at_least_once(pages: list[str]) -> None:
    cleaned = clean_pages(pages)
    assert len(cleaned) == len(pages)
    left = "\n".join(cleaned)
    for sentence in {line for page in pages for line in page.split("\n") if line.endswith(".")}:
        assert sentence in left


@settings(max_examples=40, deadline=None)
@given(st.lists(PAGE, min_size=1, max_size=5))
def test_cleaning_what_is_clean_changes_nothing(pages: list[str]) -> None:
    once = drop_repeated([clean_markup(page) for page in pages])
    assert drop_repeated([clean_markup(page) for page in once]) == once


@settings(max_examples=40, deadline=None)
@given(st.lists(PAGE, min_size=1, max_size=6), st.integers(10, 2000))
def test_pages_begin_where_it_is_said(pages: list[str], longest: int) -> None:
    whole = join_pages(pages, longest)
    assert list(whole.page_starts) == sorted(whole.page_starts)
    assert len(whole.text) <= max(longest, len("\n\n".join(page.strip("\n") for page in pages if page.strip("\n"))))
    if not whole.is_shortened:
        assert len(whole.page_starts) == len(pages)
        for start, page in zip(whole.page_starts, pages, strict=True):
            assert whole.text[start:].startswith(page.strip("\n"))


def test_headers_stay_once_and_page_numbers_never() -> None:
    pages = [f"Muza brand book 2026\n\nBody of page number{'x' * n}\n\n— {n} —" for n in range(1, 6)]
    cleaned = drop_page_furniture(pages)
    assert cleaned[0] == "Muza brand book 2026\n\nBody of page numberx"
    assert cleaned[4] == "Body of page numberxxxxx"


def test_a_number_that_moves_with_the_page_inside_of_a_footer() -> None:
    pages = [f"Body {chr(96 + n) * 5}\n\nConfidential | стр. {n + 4} из 90" for n in range(1, 5)]
    assert "".join(drop_page_furniture(pages)).count("Confidential") == 1


def test_numbers_that_mean_something_stay() -> None:
    pages = [f"Revenue {year}\n\n{year * 7} roubles" for year in (2019, 2023, 2024, 2030)]
    assert drop_page_furniture(pages) == pages


def test_rows_of_tables_and_code_may_repeat() -> None:
    page = "| item | price |\n| --- | --- |\n| tea | 100 |"
    assert clean_pages([page] * 4) == [page] * 4
    code = "```\nthe same long line of code, which stands in three examples of the guide\n```"
    assert clean_pages([f"{code}\n\n{code}"]) == [f"{code}\n\n{code}"]


def test_a_long_paragraph_stays_once_a_short_refrain_comes_again() -> None:
    long = "This paragraph is long enough that nobody would write it twice on purpose."
    text = "\n\n".join([long, "Yes!", "Other words.", long, "Yes!"])
    assert drop_repeated([text]) == ["\n\n".join([long, "Yes!", "Other words.", "Yes!"])]
    assert drop_repeated(["some text\n\nsome text\n\nsome text"]) == ["some text"]


def test_markup_goes_and_words_stay() -> None:
    text = (
        '<a id="top"></a># Voice<!-- draft -->\n\n![](media/image1.png)\n\n![Our logo](data:image/png;base64,AAAA)\n\n'
        "See [below](#voice) and [the site](https://example.org).<br>Bye\n\n![image1.png](a.png)"
    )
    assert clean_markup(text) == "# Voice\n\nOur logo\n\nSee below and [the site](https://example.org). Bye"


def test_code_keeps_its_markup() -> None:
    assert clean_markup("```\n<br>![](a.png)\n```") == "```\n<br>![](a.png)\n```"


def test_characters_that_nobody_sees() -> None:
    assert clean_characters("Ту\u00adманный\u200b\u00a0чай\x0c\x01да\r\nнет") == "Туманный чай\nда\nнет"
    hidden = "".join(chr(0xE0000 + ord(char)) for char in "obey me now")
    assert has_invisible_text(f"Чай{hidden}")
    assert clean_characters(f"Чай{hidden}") == "Чай"
    assert not has_invisible_text("Англия \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f")


def test_a_text_that_is_cut_ends_with_a_paragraph() -> None:
    whole = join_pages(["a" * 50, "b" * 45, "c" * 50], 100)
    assert (whole.text, whole.page_starts, whole.is_shortened) == ("a" * 50 + "\n\n" + "b" * 45, (0, 52), True)
    assert not re.search("c", whole.text)
