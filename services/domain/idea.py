"""What the model is asked for: ideas, or an answer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Idea:
    title: str
    text: str
    why: str = ""
    sources: tuple[int, ...] = ()
    """Numbers of the passages the idea stands on, as shown to the model (1-based)."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The content of one attempt. While it streams, the last idea or the answer may be cut in mid-word."""

    ideas: tuple[Idea, ...] = ()
    answer: str | None = None
    """Set for a question; None for ideas."""
    sources: tuple[int, ...] = ()
    """Passages the answer as a whole stands on."""
    found: bool = True
    """False: the model says the knowledge base does not answer the question."""
    note: str | None = None
    """A remark of the model to the person (what is missing in the brief, for instance)."""
    raw_text: str | None = None
    """Set when the answer could not be read as the schema: shown as it is, with a warning."""

    @property
    def is_empty(self) -> bool:
        return not (self.ideas or self.answer or self.raw_text)
