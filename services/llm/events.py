"""What a caller of the model service sees while an answer is being written."""

from dataclasses import dataclass, field
from typing import Any

from services.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class Delta:
    text: str
    """The full text of the current try so far: a caller replaces, never appends."""


@dataclass(frozen=True, slots=True)
class Restarted:
    """The try before this one failed and a new one begins: what was shown is void."""

    reason: str
    """Code of the error that ended the former try."""


@dataclass(frozen=True, slots=True)
class Completed:
    text: str
    usage: Usage
    cost_microusd: int | None
    model: str
    provider: str
    parameters: dict[str, Any] = field(default_factory=dict)
    """Sampling parameters as the model got them: without those that it refuses."""
    finish_reason: str = "stop"
    """As the provider said: "stop", or "length" when max_tokens cut the answer."""
