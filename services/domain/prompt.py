"""What is sent to a model."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

from services.domain.generation import PromptRelease


class ModelRole(StrEnum):
    """Complex work goes to the smart model, routine to the fast one."""

    SMART = "smart"
    FAST = "fast"


@dataclass(frozen=True, slots=True)
class Message:
    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class SamplingParameters:
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    seed: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Only what is set, JSON-ready: the snapshot stored with a generation."""
        values = {
            "temperature": self.temperature,
            "top_p": self.top_p,
            "max_tokens": self.max_tokens,
            "stop": list(self.stop) or None,
            "seed": self.seed,
        }
        return {name: value for name, value in values.items() if value is not None}


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    messages: tuple[Message, ...]
    release: PromptRelease
    role: ModelRole
    parameters: SamplingParameters = field(default_factory=SamplingParameters)
