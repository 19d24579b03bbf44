"""Language models, as the service sees them."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Protocol

from services.domain.generation import PromptRelease
from services.domain.prompt import Message, SamplingParameters
from services.domain.usage import CallContext, CallReport, Usage


@dataclass(frozen=True, slots=True)
class ChatRequest:
    model: str
    messages: tuple[Message, ...]
    parameters: SamplingParameters
    json_schema: dict[str, Any] | None = None
    """JSON Schema of the answer; sent as response_format where the provider knows it."""
    schema_name: str = "answer"


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """`finish_reason` None: the stream closed without one, so the text is incomplete."""

    finish_reason: str | None
    usage: Usage | None


class ChatModel(Protocol):
    """One provider. Raises the ModelError tree; never retries by itself."""

    @property
    def provider(self) -> str:
        """For the ledger and the price list: "openai", "ollama", a host name."""
        ...

    def stream(self, request: ChatRequest) -> AsyncIterator[TextDelta | StreamEnd]:
        """Deltas, then exactly one StreamEnd."""
        ...


class TokenCounter(Protocol):
    def count(self, model: str, text: str) -> int: ...
    def truncate(self, model: str, text: str, limit: int) -> str:
        """The longest prefix of at most `limit` tokens."""
        ...


class PriceList(Protocol):
    def cost_microusd(self, provider: str, model: str, usage: Usage) -> int | None:
        """None: unknown; 0 only for models declared local."""
        ...


class CallLedger(Protocol):
    """Every model call passes it: recorded before the request leaves, settled after."""

    async def start(self, context: CallContext, provider: str, model: str, prompt: PromptRelease | None) -> int: ...
    async def finish(self, call_id: int, report: CallReport) -> None: ...


class CircuitBreaker(Protocol):
    """Per provider, shared by all processes."""

    async def check(self, provider: str) -> None:
        """Raises ModelUnavailable while the circuit is open."""
        ...

    async def succeeded(self, provider: str) -> None: ...
    async def failed(self, provider: str) -> None: ...
