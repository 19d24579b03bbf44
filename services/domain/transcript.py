"""What was heard in a recording."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Segment:
    """A phrase and where it is said, in milliseconds from the beginning of the recording."""

    start_ms: int
    end_ms: int
    text: str
    confidence: float | None = None
    """0–1; None: the model does not tell."""


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str
    """Empty: there is sound, and no speech in it."""
    language: str | None = None
    """ISO 639-1 of what was heard most; None: not told."""
    segments: tuple[Segment, ...] = ()
    confidence: float | None = None
    """Mean of the segments by their length."""
