from dataclasses import replace

from services.domain.knowledge import Hit, Passage
from services.domain.language import Language
from services.retrieval.citations import cite, merge_neighbours

TEXT = "One. Two. Three. Four."


def hit(start: int, end: int, *, position: int = 0, section: str = "S", score: float = 1.0) -> Hit:
    passage = Passage(
        id=f"1:1:{position}",
        document_id=1,
        project_id=1,
        position=position,
        section=section,
        text=TEXT[start:end],
        language=Language.ENGLISH,
        start=start,
        end=end,
        title="T",
        source="t.md",
    )
    return Hit(passage, score, {"keyword": 1})


def test_citations_are_numbered_in_the_order_shown() -> None:
    citations = cite([hit(10, 22, position=1), hit(0, 9)])
    assert [(one.number, one.passage_id) for one in citations] == [(1, "1:1:1"), (2, "1:1:0")]
    assert (citations[0].title, citations[0].section, citations[0].source) == ("T", "S", "t.md")


def test_overlapping_pieces_of_a_section_become_one_without_saying_anything_twice() -> None:
    merged = merge_neighbours([hit(5, 22, position=1, score=2.0), hit(0, 16)])
    assert len(merged) == 1
    assert merged[0].passage.text == TEXT
    assert (merged[0].passage.start, merged[0].passage.end, merged[0].score) == (0, 22, 2.0)
    assert merged[0].passage.id == "1:1:1"


def test_pieces_apart_and_other_sections_stay_apart() -> None:
    apart = [hit(0, 4), hit(10, 16, position=2)]
    other = [hit(0, 10), hit(5, 16, position=1, section="Other")]
    assert merge_neighbours(apart) == tuple(apart)
    assert merge_neighbours(other) == tuple(other)


def test_a_piece_inside_another_adds_nothing() -> None:
    whole = hit(0, 22)
    assert merge_neighbours([whole, hit(5, 9, position=1)]) == (whole,)


def test_other_documents_are_never_joined() -> None:
    mine = hit(0, 10)
    theirs = replace(hit(5, 16), passage=replace(hit(5, 16).passage, document_id=2))
    assert len(merge_neighbours([mine, theirs])) == 2
