"""A transcript as files that people take along: plain text with times, and subtitles."""

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.domain.timeline import timecode
from services.domain.transcript import Segment

LINE, LINES = 42, 2
"""Letters in a line and lines at once, as broadcasters agree on for Latin and Cyrillic."""
SHORTEST_MS = 1_000
"""What is shown for less cannot be read, where there is room for more."""
PARAGRAPH_PAUSE_MS = 2_000
PARAGRAPH_LETTERS = 600
"""A paragraph that has grown so long ends with its sentence; one of twice the length ends anyway."""
_SENTENCE_ENDS = (".", "!", "?", "…", ".»", "!»", "?»", '."')
_SPACES = re.compile(r"[\s\x00-\x1f\x7f]+")


@dataclass(frozen=True, slots=True)
class _Cue:
    start_ms: int
    end_ms: int
    text: str


def transcript_text(segments: Sequence[Segment]) -> str:
    """`[12:30]` before each paragraph; paragraphs begin after pauses. Times are those of the recording."""
    paragraphs = (f"[{timecode(cue.start_ms)}] {cue.text}\n" for cue in _paragraphs(_spoken(segments)))
    return "\n".join(paragraphs)


def subtitles(segments: Sequence[Segment]) -> str:
    """SubRip: numbered from 1, never two at once; a long phrase becomes several cues, its time shared out by letters.
    Source of the form: https://www.matroska.org/technical/subtitles.html#srt-subtitles"""
    cues = _apart([part for phrase in _spoken(segments) for part in _parts(phrase)])
    return "".join(
        f"{number}\n{_moment(cue.start_ms)} --> {_moment(cue.end_ms)}\n{cue.text}\n\n"
        for number, cue in enumerate(cues, start=1)
    )


def _spoken(segments: Sequence[Segment]) -> list[_Cue]:
    said = [_Cue(max(0, one.start_ms), one.end_ms, _SPACES.sub(" ", one.text).strip()) for one in segments]
    return sorted((cue for cue in said if cue.text), key=lambda cue: cue.start_ms)


def _paragraphs(phrases: Sequence[_Cue]) -> Iterator[_Cue]:
    whole: _Cue | None = None
    for phrase in phrases:
        if whole is not None and not _ends_before(whole, phrase):
            whole = _Cue(whole.start_ms, max(whole.end_ms, phrase.end_ms), f"{whole.text} {phrase.text}")
            continue
        if whole is not None:
            yield whole
        whole = phrase
    if whole is not None:
        yield whole


def _ends_before(whole: _Cue, phrase: _Cue) -> bool:
    if phrase.start_ms - whole.end_ms >= PARAGRAPH_PAUSE_MS:
        return True
    length = len(whole.text)
    return length >= 2 * PARAGRAPH_LETTERS or (length >= PARAGRAPH_LETTERS and whole.text.endswith(_SENTENCE_ENDS))


def _parts(phrase: _Cue) -> Iterator[_Cue]:
    """As many as its letters need, each two lines."""
    lines = _wrapped(phrase.text.replace("-->", "→"), LINE)
    texts = [" ".join(lines[start : start + LINES]) for start in range(0, len(lines), LINES)]
    letters = sum(len(text) for text in texts)
    length, shown = max(phrase.end_ms - phrase.start_ms, 0), 0
    for text in texts:
        start = phrase.start_ms + length * shown // letters
        shown += len(text)
        yield _Cue(start, phrase.start_ms + length * shown // letters, _balanced(text))


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_on_hyphens=False)


def _balanced(text: str) -> str:
    """Two lines of about the same length are read faster than a long one and a word."""
    if len(text) <= LINE:
        return text
    widths = range((len(text) + 1) // LINES, LINE + 1)
    wrapped = (_wrapped(text, width) for width in widths)
    return "\n".join(next((lines for lines in wrapped if len(lines) <= LINES), _wrapped(text, LINE)))


def _apart(cues: Sequence[_Cue]) -> Iterator[_Cue]:
    free_from = 0
    for number, cue in enumerate(cues):
        start = max(cue.start_ms, free_from)
        end = max(cue.end_ms, start + SHORTEST_MS)
        if number + 1 < len(cues) and cues[number + 1].start_ms > start:
            end = min(end, cues[number + 1].start_ms)
        free_from = end
        yield _Cue(start, end, cue.text)


def _moment(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{rest:03}"
