"""What was heard as files: text for reading, SRT for players and editors."""

import re
from collections.abc import Sequence

from services.domain.timeline import timecode
from services.domain.transcript import Segment

PARAGRAPH_PAUSE_MS = 2_000
"""Somebody takes a breath, or somebody else begins."""
PARAGRAPH_LETTERS = 600
LEAST_SHOWN_MS = 500
"""A subtitle that is shown for less cannot be read."""
_ENDS = re.compile(r"[.!?…][\"»”)]*$")


def transcript_text(segments: Sequence[Segment]) -> str:
    """Paragraphs, each behind the minute it begins in."""
    paragraphs: list[list[Segment]] = []
    for segment in segments:
        if not _words(segment):
            continue
        if not paragraphs or _begins_anew(paragraphs[-1], segment):
            paragraphs.append([])
        paragraphs[-1].append(segment)
    blocks = [f"[{timecode(one[0].start_ms)}] {' '.join(map(_words, one))}" for one in paragraphs]
    return "\n\n".join(blocks) + "\n" if blocks else ""


def subtitles(segments: Sequence[Segment]) -> str:
    """SubRip: numbered from 1, none overlaps the next. Source of the form:
    https://www.matroska.org/technical/subtitles.html#srt-subtitles"""
    shown = [segment for segment in segments if _words(segment)]
    following = [*(segment.start_ms for segment in shown[1:]), None]
    return "".join(
        f"{number}\n{_moment(segment.start_ms)} --> {_moment(_end(segment, after))}\n{_words(segment)}\n\n"
        for number, (segment, after) in enumerate(zip(shown, following, strict=False), 1)
    )


def _begins_anew(paragraph: Sequence[Segment], segment: Segment) -> bool:
    if segment.start_ms - paragraph[-1].end_ms >= PARAGRAPH_PAUSE_MS:
        return True
    length = sum(len(one.text) for one in paragraph)
    return length >= 2 * PARAGRAPH_LETTERS or (
        length >= PARAGRAPH_LETTERS and _ENDS.search(_words(paragraph[-1])) is not None
    )


def _end(segment: Segment, following_ms: int | None) -> int:
    end = max(segment.end_ms, segment.start_ms + LEAST_SHOWN_MS)
    return end if following_ms is None or following_ms <= segment.start_ms else min(end, following_ms)


def _words(segment: Segment) -> str:
    return " ".join(segment.text.split())


def _moment(milliseconds: int) -> str:
    seconds, thousandths = divmod(max(0, milliseconds), 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02},{thousandths:03}"
