"""The provider's truth: which requests came, when, and what was produced for each."""

import time
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

KEPT_REQUESTS = 10_000


@dataclass(slots=True)
class Call:
    """One request. Times are of the machine's monotonic clock, in seconds, comparable between processes."""

    id: str
    endpoint: str
    model: str
    arrived: float
    body: Mapping[str, Any]
    request_id: str = ""
    """As the client named the request (X-Client-Request-Id)."""
    personality: str = ""
    fault: str | None = None
    tokens_in: int = 0
    tokens_cached: int = 0
    """Of `tokens_in`: read before, and cheaper."""
    tokens_out: int = 0
    """Produced so far: a cut answer is billed for what was produced before the cut."""
    characters: int = 0
    """Read aloud."""
    audio_seconds: float = 0.0
    """Listened to."""
    outcome: str = "running"
    """running, finished, length, cut (by a fault), abandoned (by the client), refused, failed (a bug)."""
    first_byte: float | None = None
    ended: float | None = None

    def end(self, outcome: str) -> None:
        """Only the first verdict counts."""
        if self.ended is None:
            self.outcome = outcome
            self.ended = time.monotonic()

    def as_json(self, with_body: bool = False) -> dict[str, Any]:
        row = asdict(self)
        if not with_body:
            del row["body"]
        return row


@dataclass(slots=True)
class Meter:
    """The journal of requests and the sums over it."""

    calls: deque[Call] = field(default_factory=lambda: deque(maxlen=KEPT_REQUESTS))
    _opened: int = 0

    def open(self, endpoint: str, model: str, arrived: float, body: Mapping[str, Any]) -> Call:
        self._opened += 1
        call = Call(f"{endpoint}-{self._opened:06d}", endpoint, model, arrived, body)
        self.calls.append(call)
        return call

    def clear(self) -> None:
        self.calls.clear()

    def of(self, endpoint: str) -> list[Call]:
        return [call for call in self.calls if call.endpoint == endpoint]

    def billed(self) -> list[Call]:
        """Refused requests cost nothing."""
        return [call for call in self.calls if call.outcome != "refused"]

    def as_json(self) -> dict[str, Any]:
        billed = self.billed()
        return {
            "requests": len(billed),
            "tokens_in": sum(call.tokens_in for call in billed),
            "tokens_cached": sum(call.tokens_cached for call in billed),
            "tokens_out": sum(call.tokens_out for call in billed),
            "audio_seconds": sum(call.audio_seconds for call in billed),
            "by_request": [call.as_json() for call in billed],
        }
