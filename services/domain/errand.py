"""A call to a model, before it leaves."""

from dataclasses import dataclass

from services.domain.generation import PromptRelease
from services.domain.usage import CallContext


@dataclass(frozen=True, slots=True)
class Errand:
    """What is known of a call before it leaves. Counts are our own, of what is sent."""

    context: CallContext
    provider: str
    model: str
    prompt: PromptRelease | None = None
    tokens_in: int = 0
    audio_ms: int = 0
    characters: int = 0
    role: str | None = None
    """Which of our models it is: smart, fast; or what else was asked for: transcription, speech, embedding."""
    most_microusd: int = 0
    """What it can cost at most: reserved from every account that pays for it."""
