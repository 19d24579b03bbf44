"""Numbered sources under an answer."""

from collections.abc import Sequence

from services.domain.knowledge import Citation, Hit, Passage


def cite(hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """One citation a hit, numbered from 1 as the hits are shown to the model."""
    return tuple(
        Citation(
            number=number,
            title=hit.passage.title,
            section=hit.passage.section,
            source=hit.passage.source,
            passage_id=hit.passage.id,
        )
        for number, hit in enumerate(hits, start=1)
    )


def merge_neighbours(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """Pieces of one section that follow each other become one hit at the better one's place.

    The text is joined by character span, so what neighbours overlap is not said twice.
    """
    merged: list[Hit] = []
    for hit in hits:
        place = next((index for index, known in enumerate(merged) if _continues(known.passage, hit.passage)), None)
        if place is None:
            merged.append(hit)
        else:
            known = merged[place]
            merged[place] = Hit(_join(known.passage, hit.passage), known.score, known.legs)
    return tuple(merged)


def _continues(one: Passage, other: Passage) -> bool:
    if (one.document_id, one.section) != (other.document_id, other.section):
        return False
    first, second = sorted((one, other), key=lambda passage: passage.start)
    return first.end >= second.start


def _join(one: Passage, other: Passage) -> Passage:
    first, second = sorted((one, other), key=lambda passage: passage.start)
    if second.end <= first.end:
        return one
    text = first.text + second.text[first.end - second.start :]
    return Passage(
        id=one.id,
        document_id=one.document_id,
        project_id=one.project_id,
        position=first.position,
        section=one.section,
        text=text,
        language=one.language,
        start=first.start,
        end=second.end,
        title=one.title,
        source=one.source,
        change=one.change,
    )
