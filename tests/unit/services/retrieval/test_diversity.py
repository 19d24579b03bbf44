"""Places in a list of passages are given out fairly."""

from services.domain.knowledge import Hit, Passage
from services.domain.language import Language
from services.retrieval.diversity import spread


def hit(number: int, text: str, *, document: int = 1, section: str = "", page: int | None = None) -> Hit:
    passage = Passage(
        f"{document}:1:{number}", document, 1, number, section, text, Language.ENGLISH, 0, 9, "T", "s", page, page
    )
    return Hit(passage, 1.0 / (number + 1), {"keyword": number + 1})


def order(hits: list[Hit], limit: int) -> list[int]:
    return [found.passage.position for found in spread(hits, limit)]


def test_a_page_gets_two_places_and_what_is_beyond_comes_last() -> None:
    crowd = [hit(number, f"sentence about {name}", page=4) for number, name in enumerate(("a", "b", "c", "d"))]
    other = hit(4, "quite another thing", page=5)
    assert order([*crowd, other], 3) == [0, 1, 4]
    assert order([*crowd, other], 5) == [0, 1, 4, 2, 3]


def test_a_section_is_a_place_where_there_are_no_pages() -> None:
    same = [hit(number, f"sentence about {name}", section="Prices") for number, name in enumerate(("a", "b", "c"))]
    other = hit(3, "sentence about c, elsewhere", section="Voice")
    assert order([*same, other], 3) == [0, 1, 3]


def test_the_same_text_in_two_documents_is_shown_once() -> None:
    text = "Never say cheap. Say reasonable."
    assert order([hit(0, text), hit(1, text.upper(), document=2), hit(2, "Something else.", document=3)], 3) == [0, 2]


def test_texts_that_differ_in_a_number_are_both_shown() -> None:
    words = " ".join(f"word{'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(26))
    texts = [f"{words} costs 2900", f"{words} costs 3100"]
    assert order([hit(number, text, document=number) for number, text in enumerate(texts)], 2) == [0, 1]
