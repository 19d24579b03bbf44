"""A recording's words in the order of its minutes, and how a moment of it is written."""

import re
from collections.abc import Sequence

from services.domain.recording import Piece
from services.domain.transcript import Segment

_TIMECODE = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{2})(?:[.,]\d+)?")


def timeline(pieces: Sequence[Piece]) -> tuple[Segment, ...]:
    """All phrases that were heard, in order. A piece whose model tells no segments is one phrase."""
    return tuple(
        segment
        for piece in sorted(pieces, key=lambda one: one.start_ms)
        if piece.transcript is not None and piece.transcript.text.strip()
        for segment in _segments(piece)
    )


def timecode(milliseconds: int) -> str:
    """`12:30`, from the first hour on `1:02:30`."""
    minutes, seconds = divmod(max(0, milliseconds) // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def read_timecode(text: str) -> int | None:
    """Milliseconds of the first `mm:ss` or `h:mm:ss` in a text; None where there is none."""
    found = _TIMECODE.search(text)
    if found is None or int(found[3]) > 59:
        return None
    return ((int(found[1] or 0) * 60 + int(found[2])) * 60 + int(found[3])) * 1000


def _segments(piece: Piece) -> tuple[Segment, ...]:
    heard = piece.transcript
    if heard is None:
        return ()
    told = tuple(segment for segment in heard.segments if segment.text.strip())
    return told or (Segment(piece.start_ms, piece.end_ms, heard.text.strip(), heard.confidence),)
