"""A recording as a document of the knowledge base: headings carry the minutes, so that a passage cites its own."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.assistant.listening.minutes_text import HEADINGS, point_text
from services.assistant.listening.transcript_parts import Line, Part
from services.domain.chunk_rules import USUAL
from services.domain.language import Language, detect_language
from services.domain.minutes import Minutes, Point
from services.domain.recording import Recording
from services.domain.transcript import Segment
from services.retrieval.chunking import estimate_tokens
from services.retrieval.ingestion import RECORDINGS

PASSAGE_TOKENS = int(USUAL.target_tokens * 0.8)
"""A stretch that is one passage, heading included: a minute or two of speech."""
_NOT_IN_A_NAME = re.compile(r"[\W_]+")
_LONGEST_NAME = 60
_MARKUP = re.compile(r"^(?=#|```|~~~|---)")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a transcript comes from."""

    key: str
    """Tells it from all others: two meetings of a day may have one title."""
    day: str
    """ISO 8601; empty: not known."""
    language: Language
    file_name: str = ""


def origin_of(recording: Recording) -> Origin:
    day = "" if recording.created_at is None else recording.created_at.date().isoformat()
    return Origin(str(recording.id), day, language_of(recording), recording.file_name or "")


def document_title(origin: Origin, title: str) -> str:
    """`title`: of its minutes; else the file tells, else the day."""
    name = re.sub(r"\.\w{1,5}$", "", origin.file_name).replace("_", " ").strip()
    return title.strip() or name or f"{_NAMELESS[origin.language]} {origin.day}".strip()


def document_source(origin: Origin, title: str) -> str:
    """The same for the same recording, and no other's."""
    name = _NOT_IN_A_NAME.sub("-", title.lower()).strip("-")[:_LONGEST_NAME].strip("-")
    return f"{RECORDINGS}{origin.day}-{name}-{origin.key}"


def document_text(
    origin: Origin, segments: Sequence[Segment], minutes: Minutes | None, *, title: str, author: str = ""
) -> str:
    """Markdown with front matter."""
    facts = {
        "title": title,
        "type": "transcript",
        "language": origin.language.value,
        "date": origin.day,
        "author": author,
    }
    # A JSON string is a YAML string: nothing that a person is called can break out of it.
    known = {name: json.dumps(value, ensure_ascii=False) for name, value in facts.items() if value}
    header = "\n".join(f"{name}: {value}" for name, value in known.items())
    blocks = [f"---\n{header}\n---", f"# {_line(title)}"]
    if minutes is not None:
        blocks += [_line(minutes.summary), *_points(minutes, origin.language)]
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
    return language_heard(recording.heard_language, recording.text, recording.language)


def language_heard(code: str | None, text: str, default: Language) -> Language:
    return Language(code) if code in tuple(Language) else detect_language(text, default)


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


_NAMELESS = {Language.RUSSIAN: "Запись", Language.ENGLISH: "Recording of"}
