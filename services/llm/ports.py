"""Language models, as the service sees them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Protocol

from services.domain.prompt import Message, SamplingParameters
from services.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class ChatRequest:
    model: str
    messages: tuple[Message, ...]
    parameters: SamplingParameters
    json_schema: dict[str, Any] | None = None
    """JSON Schema of the answer; sent as response_format where the provider knows it."""
    schema_name: str = "answer"
    request_id: str | None = None
    """Ours, sent along where the provider keeps such a thing: its books and the ledger can be compared line by line."""


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
