"""How long each part of an answer may take."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StreamTimeouts:
    """Seconds."""

    connect: float = 5.0
    first_token: float = 60.0
    """From sending the request to the first piece of text (or of reasoning)."""
    between_chunks: float = 30.0
    """A stream that is silent for longer is taken for dead."""
    usage: float = 5.0
    """After the finish reason the text is complete: the usage is worth no longer wait than this."""
