"""What a long recording comes down to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    text: str
    at_ms: int | None = None
    """Where in the recording; None: said all over it."""


@dataclass(frozen=True, slots=True)
class Minutes:
    title: str
    summary: str
    decisions: tuple[Point, ...] = ()
    tasks: tuple[Point, ...] = ()
    """Who does what until when, as far as it was said."""
    ideas: tuple[Point, ...] = ()
    """Heard in the talk; nobody has judged them."""
