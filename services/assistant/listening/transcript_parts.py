"""A long text cut for a model: parts of about the same size that end where a phrase ends."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.domain.timeline import timecode
from services.domain.transcript import Segment
from services.llm.ports import TokenCounter


@dataclass(frozen=True, slots=True)
class Line:
    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    start_ms: int
    end_ms: int
    text: str

    @property
    def span(self) -> str:
        return f"{timecode(self.start_ms)}–{timecode(self.end_ms)}"


def spoken_lines(segments: Sequence[Segment]) -> list[Line]:
    """Each phrase behind the mark of its time, which is how a model can say when something was said."""
    return [Line(one.start_ms, one.end_ms, f"[{timecode(one.start_ms)}] {one.text.strip()}") for one in segments]


def cut_into_parts(counter: TokenCounter, model: str, lines: Sequence[Line], limit_tokens: int) -> list[Part]:
    """Parts of at most `limit_tokens`, as equal as lines allow: a small rest would be summed up as if it mattered as
    much. A line that is longer by itself is cut between words. Blocking, O(characters)."""
    sized = [
        (piece, counter.count(model, piece.text) + 1)
        for line in lines
        for piece in _fitting(counter, model, line, limit_tokens)
    ]
    total = sum(size for _, size in sized)
    target = total / max(1, -(-total // limit_tokens))
    parts: list[list[Line]] = []
    filled, done = 0, 0
    for line, size in sized:
        past_its_share = parts and done + size / 2 > target * len(parts)
        if not parts or filled + size > limit_tokens or past_its_share:
            parts.append([])
            filled = 0
        parts[-1].append(line)
        filled += size
        done += size
    return [_part(lines) for lines in parts]


def _part(lines: Sequence[Line]) -> Part:
    return Part(lines[0].start_ms, lines[-1].end_ms, "\n".join(line.text for line in lines))


def _fitting(counter: TokenCounter, model: str, line: Line, limit_tokens: int) -> list[Line]:
    if counter.count(model, line.text) < limit_tokens:
        return [line]
    head = counter.truncate(model, line.text, limit_tokens - 1)
    space = head.rfind(" ")
    place = space if space > len(head) // 2 else max(1, len(head))
    rest = line.text[place:].strip()
    pieces = [Line(line.start_ms, line.end_ms, line.text[:place])]
    return pieces + (_fitting(counter, model, Line(line.start_ms, line.end_ms, rest), limit_tokens) if rest else [])
