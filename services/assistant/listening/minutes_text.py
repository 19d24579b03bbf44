"""Minutes as plain text: for a model that reads digests, and as material for ideas."""

from services.assistant.listening.transcript_parts import Part
from services.domain.language import Language
from services.domain.minutes import Minutes, Point
from services.domain.timeline import timecode

HEADINGS = {
    Language.RUSSIAN: ("Решения", "Задачи", "Идеи"),
    Language.ENGLISH: ("Decisions", "Tasks", "Ideas"),
}
"""Of documents and material, which are written in the language that was heard."""


def digest_text(part: Part, digest: Minutes) -> str:
    return f"{part.span}\n{minutes_text(digest, Language.ENGLISH)}"


def minutes_text(minutes: Minutes, language: Language) -> str:
    """Title, summary, and each kind of points under its heading, with the mark of its minute."""
    blocks = [minutes.title, minutes.summary]
    for heading, points in zip(HEADINGS[language], (minutes.decisions, minutes.tasks, minutes.ideas), strict=True):
        if points:
            blocks.append("\n".join([f"{heading}:", *(f"- {point_text(point)}" for point in points)]))
    return "\n\n".join(block for block in blocks if block)


def point_text(point: Point) -> str:
    return point.text if point.at_ms is None else f"{point.text} [{timecode(point.at_ms)}]"
