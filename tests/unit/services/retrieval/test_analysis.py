from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st

from services.retrieval.analysis import (
    analyse,
    codes,
    grams,
    name_words,
    sentences,
    stem,
    stems_of,
    subject_words,
    words,
)


def test_yo_and_ye_are_one_letter() -> None:
    assert analyse("съёмка ЁЛКИ").stems == analyse("съемка елки").stems


def test_forms_of_a_word_share_a_stem_in_both_languages() -> None:
    assert stem("кампании") == stem("кампаниями")
    assert stem("campaigns") == stem("campaign")


def test_the_script_of_each_word_chooses_its_language() -> None:
    assert analyse("запуски campaigns").stems == (stem("запуск"), stem("campaign"))


def test_pairs_and_grams_follow_the_order_of_words() -> None:
    terms = analyse("тихий час")
    assert terms.pairs == ("_".join(terms.stems),)
    assert terms.grams == ("<тих", "тихи", "ихий", "хий>", "<час", "час>")


def test_a_short_word_is_one_gram() -> None:
    assert grams("я") == ("<я>",)


def test_function_words_are_no_subject_unless_there_is_nothing_else() -> None:
    assert subject_words("Сколько стоит банка и где она?") == ("стоит", "банка")
    assert subject_words("кто мы и где?") == ("кто", "мы", "и", "где")


def test_names_are_capitals_inside_a_sentence() -> None:
    assert name_words("Кто придумал «Тихий час»? Когда пришёл Хубилай") == frozenset({"тихий", "хубилай"})


def test_stemming_from_many_threads_at_once_gives_what_one_thread_gives() -> None:
    forms = [f"{root}{end}" for root in ("кампани", "вкус", "плед", "логотип") for end in ("ами", "ов", "ах", "у")]
    many = [f"{form}{number}" for form in forms for number in range(200)]
    stem.cache_clear()
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(stem, many))
    stem.cache_clear()
    assert together == [stem(form) for form in many]


@given(st.text())
def test_analysis_takes_any_text_and_is_stable(text: str) -> None:
    terms = analyse(text)
    assert analyse(text) == terms
    assert len(terms.stems) == len(words(text))
    assert all(token and not set(token) & set(" \t\n") for token in (*terms.stems, *terms.pairs, *terms.grams))


def test_codes_are_words_as_a_whole() -> None:
    assert codes("Набор QH-SET-01, версия v2.1/b; 10-12 дней, SMM-план, 1.5") == ["qhset01", "v21b"]


def test_sentences_end_at_stops_paragraphs_and_list_items_not_at_broken_lines() -> None:
    text = "Первое. Второе\nпродолжается!\n\n- пункт\n- другой\n| a | b |\n3) третий"
    assert [part.strip() for part in sentences(text)] == [
        "Первое.",
        "Второе\nпродолжается!",
        "- пункт",
        "- другой",
        "| a | b |",
        "3) третий",
    ]


def test_stems_of_many_are_the_stems_of_each() -> None:
    assert stems_of(["кампаниями", "пледа"]) == [stem("кампаниями"), stem("пледа")]
    assert stems_of([]) == []
