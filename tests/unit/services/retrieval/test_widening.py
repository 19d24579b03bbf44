"""What a model reads around a found passage."""

from dataclasses import replace

from services.domain.knowledge import Hit, Passage
from services.domain.language import Language
from services.retrieval.widening import BUDGET_TOKENS, WHOLE_THOUGHT_TOKENS, widen

SENTENCES = [f"Sentence number {number} says something of its own." for number in range(10)]
STARTS = [sum(len(one) + 1 for one in SENTENCES[:number]) for number in range(10)]


def passage(position: int, *, text: str = "", document: int = 1, version: int = 1, section: str = "") -> Passage:
    text = text or SENTENCES[position]
    start = STARTS[position]
    return Passage(
        f"{document}:{version}:{position}",
        document,
        1,
        position,
        section,
        text,
        Language.ENGLISH,
        start,
        start + len(text),
        "Title",
        "source",
        page=position // 2 + 1,
        last_page=position // 2 + 1,
    )


def hit(position: int, score: float = 1.0, **facts: str | int) -> Hit:
    return Hit(passage(position, **facts), score, {"keyword": 1})  # type: ignore[arg-type]


WHOLE = [passage(position) for position in range(10)]


def test_neighbours_of_the_same_section_are_read_with_a_passage() -> None:
    (wide,) = widen([hit(4)], WHOLE)
    assert wide.passage.text == "\n\n".join(SENTENCES[2:7])
    assert (wide.passage.id, wide.score, wide.legs) == ("1:1:4", 1.0, {"keyword": 1})
    assert (wide.passage.page, wide.passage.last_page) == (2, 4)
    assert (wide.passage.start, wide.passage.end) == (WHOLE[2].start, WHOLE[6].end)


def test_passages_that_touch_become_one_in_the_place_of_the_better() -> None:
    apart = hit(0, 0.8, document=2)
    found = widen([hit(7, 0.9), apart, hit(3, 0.5)], WHOLE)
    assert [one.passage.id for one in found] == ["1:1:7", "2:1:0"]
    assert found[0].passage.text == "\n\n".join(SENTENCES[1:10])


def test_one_that_joins_two_others_leaves_nothing_said_twice() -> None:
    found = widen([hit(1, 0.9), hit(8, 0.8), hit(5, 0.7)], WHOLE)
    assert [one.passage.id for one in found] == ["1:1:1"]
    assert found[0].passage.text == "\n\n".join(SENTENCES)


def test_another_chapter_is_another_thought() -> None:
    around = [passage(position, section="Voice" if position < 4 else "Prices › Tea") for position in range(10)]
    (wide,) = widen([hit(4, section="Prices › Tea")], around)
    assert wide.passage.text == "\n\n".join(SENTENCES[4:7])
    assert wide.passage.section == "Prices › Tea"


def test_what_two_pieces_of_a_cut_section_share_is_said_once() -> None:
    one = passage(0, text="The first half. The middle.")
    two = replace(passage(1), text="The middle. The second half.", start=16, end=44)
    (wide,) = widen([Hit(one, 1.0, {})], [one, two])
    assert wide.passage.text == "The first half. The middle. The second half."


def test_a_passage_of_a_former_version_is_no_neighbour() -> None:
    (wide,) = widen([hit(4, version=2)], WHOLE)
    assert wide.passage.text == SENTENCES[4]


def test_long_neighbours_are_left_out_and_the_best_ranked_grow_first() -> None:
    long = "word " * (WHOLE_THOUGHT_TOKENS * 3 // 5)
    around = [passage(position, text=long, document=document) for document in range(9) for position in (0, 1)]
    hits = [Hit(around[document * 2], 1.0 - document / 10, {}) for document in range(9)]
    assert all(one.passage.text == long for one in widen(hits, around))
    short = "word " * (WHOLE_THOUGHT_TOKENS * 2 // 5)
    around = [passage(position, text=short, document=document) for document in range(9) for position in (0, 1)]
    hits = [Hit(around[document * 2], 1.0 - document / 10, {}) for document in range(9)]
    grown = [len(one.passage.text) > len(short) for one in widen(hits, around)]
    assert grown == [True] * sum(grown) + [False] * (9 - sum(grown))
    assert 0 < sum(grown) * WHOLE_THOUGHT_TOKENS * 2 // 5 <= BUDGET_TOKENS
