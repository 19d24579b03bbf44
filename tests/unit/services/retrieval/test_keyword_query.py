from services.retrieval.analysis import stem
from services.retrieval.keyword_query import WEIGHTS, keyword_query

KNOWN = {stem(word) for word in ("сколько", "стоит", "плед", "который", "артикул", "набор", "price", "blanket")}


def terms(query: str) -> dict[tuple[str, str], float]:
    return keyword_query(query, KNOWN.__contains__).terms


def test_words_without_a_subject_whisper() -> None:
    found = terms("сколько стоит плед")
    assert found["stems", stem("сколько")] < found["stems", stem("плед")] == WEIGHTS["stems"]
    assert ("heading", stem("сколько")) not in found
    assert found["pairs", f"{stem('стоит')}_{stem('плед')}"] == WEIGHTS["pairs"]


def test_a_misspelt_word_is_asked_for_as_it_was_meant() -> None:
    found = terms("стоит лпед")  # four letters: too short to guess at
    assert ("stems", stem("плед")) not in found
    found = terms("прайс blnaket price")
    assert found["stems", stem("blanket")] == WEIGHTS["stems"]
    assert ("stems", stem("blnaket")) not in found
    assert ("stems", stem("прайс")) in found
    assert ("pairs", f"{stem('blanket')}_{stem('price')}") in found
    assert ("heading", stem("blanket")) in found


def test_a_misspelt_function_word_still_whispers() -> None:
    found = terms("котоырй плед")
    assert found["stems", stem("который")] < WEIGHTS["stems"]


def test_a_code_is_asked_for_whole() -> None:
    found = terms("артикул QH-SET-01")
    assert found["stems", "qhset01"] == WEIGHTS["stems"]


def test_nothing_is_asked_by_no_words() -> None:
    assert terms("?! …") == {}


def test_a_long_brief_is_asked_by_its_first_words() -> None:
    assert len(terms(" ".join(f"слово{number}" for number in range(5000)))) == 400
