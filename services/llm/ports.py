"""Language models, as the service sees them."""

from collections.abc import AsyncGenerator
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
    not_sent: tuple[str, ...] = ()
    """Names of the sampling parameters that this model refuses, so that it answered without them."""


class ChatModel(Protocol):
    """One provider. Raises the ModelError tree; never retries by itself."""

    @property
    def provider(self) -> str:
        """For the ledger and the price list: "openai", "ollama", a host name."""
        ...

    def stream(self, request: ChatRequest) -> AsyncGenerator[TextDelta | StreamEnd, None]:
        """Deltas, then exactly one StreamEnd. Closing the generator closes the connection at once."""
        ...

    async def warm_up(self) -> None:
        """Import and build what the first request needs, off the event loop. No network."""
        ...


class TokenCounter(Protocol):
    def load(self) -> None:
        """Blocking: read the encoding. Until then the first `count` does it."""
        ...

    def count(self, model: str, text: str) -> int: ...
    def truncate(self, model: str, text: str, limit: int) -> str:
        """The longest prefix of at most `limit` tokens."""
        ...


class PriceList(Protocol):
    def load(self) -> None:
        """Blocking: read the prices. Until then the first `cost_microusd` does it."""
        ...

    def cost_microusd(self, provider: str, model: str, usage: Usage) -> int | None:
        """None: unknown; 0 only for models declared local."""
        ...


class CallLedger(Protocol):
    """Every model call passes it: recorded before the request leaves, settled after."""

    async def start(self, context: CallContext, provider: str, model: str, prompt: PromptRelease | None) -> int: ...
    async def finish(self, call_id: int, report: CallReport) -> None: ...


class CircuitBreaker(Protocol):
    """One circuit per name, shared by all processes. Its own storage being away never fails a call."""

    def load(self) -> None:
        """Blocking: import what the first `check` needs."""
        ...

    async def check(self, circuit: str) -> None:
        """Raises ModelUnavailable (with `retry_after`) while the circuit is open."""
        ...

    async def succeeded(self, circuit: str) -> None: ...
    async def failed(self, circuit: str) -> None: ...
