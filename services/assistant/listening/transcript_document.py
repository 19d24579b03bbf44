"""A recording as a document of the knowledge base: headings carry the minutes, so that a passage cites its own."""

import json
import re
from collections.abc import Sequence

from services.assistant.listening.minutes_text import HEADINGS, point_text
from services.assistant.listening.transcript_parts import Line, Part
from services.domain.language import Language, detect_language
from services.domain.minutes import Minutes, Point
from services.domain.recording import Recording
from services.domain.transcript import Segment
from services.retrieval.chunking import TARGET_TOKENS, estimate_tokens
from services.retrieval.ingestion import RECORDINGS

PASSAGE_TOKENS = int(TARGET_TOKENS * 0.8)
"""A stretch that is one passage, heading included: a minute or two of speech."""
_NOT_IN_A_NAME = re.compile(r"[\W_]+")
_LONGEST_NAME = 60
_MARKUP = re.compile(r"^(?=#|```|~~~|---)")


def document_title(recording: Recording, title: str) -> str:
    """`title`: of its minutes; else the file tells, else the day."""
    name = re.sub(r"\.\w{1,5}$", "", recording.file_name or "").replace("_", " ").strip()
    return title.strip() or name or f"{_NAMELESS[language_of(recording)]} {_day(recording)}"


def document_source(recording: Recording, title: str) -> str:
    """The same for the same recording, and no other's: two meetings of a day may have one title."""
    name = _NOT_IN_A_NAME.sub("-", title.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{RECORDINGS}{_day(recording)}-{name}-{recording.id}"


def document_text(
    recording: Recording, segments: Sequence[Segment], minutes: Minutes | None, *, title: str, author: str
) -> str:
    """Markdown with front matter."""
    language = language_of(recording)
    facts = {
        "title": title,
        "type": "transcript",
        "language": language.value,
        "date": _day(recording),
        "author": author,
    }
    # A JSON string is a YAML string: nothing that a person is called can break out of it.
    header = "\n".join(f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items())
    blocks = [f"---\n{header}\n---", f"# {_line(title)}"]
    if minutes is not None:
        blocks += [_line(minutes.summary), *_points(minutes, language)]
    blocks += [f"## {part.span}\n\n{part.text}" for part in stretches(segments)]
    return "\n\n".join(block for block in blocks if block) + "\n"


def stretches(segments: Sequence[Segment]) -> list[Part]:
    """Phrases together as far as they fit into one passage."""
    found: list[list[Line]] = []
    size = 0
    for segment in segments:
        line = Line(segment.start_ms, segment.end_ms, " ".join(segment.text.split()))
        tokens = estimate_tokens(line.text) + 1
        if not found or size + tokens > PASSAGE_TOKENS:
            found.append([])
            size = 0
        found[-1].append(line)
        size += tokens
    return [
        Part(lines[0].start_ms, lines[-1].end_ms, _line(" ".join(line.text for line in lines if line.text)))
        for lines in found
    ]


def language_of(recording: Recording) -> Language:
    """What was heard, where it is one of ours."""
    if recording.heard_language in tuple(Language):
        return Language(recording.heard_language)
    return detect_language(recording.text, recording.language)


def _points(minutes: Minutes, language: Language) -> list[str]:
    kinds: tuple[tuple[Point, ...], ...] = (minutes.decisions, minutes.tasks, minutes.ideas)
    return [
        "\n".join([f"## {heading}", "", *(f"- {' '.join(point_text(point).split())}" for point in points)])
        for heading, points in zip(HEADINGS[language], kinds, strict=True)
        if points
    ]


def _line(text: str) -> str:
    """One paragraph that opens no heading and no code."""
    return _MARKUP.sub(r"\\", " ".join(text.split()))


def _day(recording: Recording) -> str:
    return "" if recording.created_at is None else recording.created_at.date().isoformat()


_NAMELESS = {Language.RUSSIAN: "Запись", Language.ENGLISH: "Recording of"}
