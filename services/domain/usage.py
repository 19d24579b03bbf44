"""What a model call cost."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `estimated` marks counts of our own where the provider sent none (a cut stream)."""

    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    estimated: bool = False
    tokens_audio: int = 0
    """Of `tokens_in`: sound, which has its own price."""
    audio_ms: int = 0
    """Listened to, for models that are paid by the second."""
    characters: int = 0
    """Read aloud, for voices that are paid by the letter."""
    tokens_audio_out: int = 0
    """Of `tokens_out`: sound, which has its own price."""

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.tokens_in + other.tokens_in,
            self.tokens_cached + other.tokens_cached,
            self.tokens_out + other.tokens_out,
            self.estimated or other.estimated,
            self.tokens_audio + other.tokens_audio,
            self.audio_ms + other.audio_ms,
            self.characters + other.characters,
            self.tokens_audio_out + other.tokens_audio_out,
        )


class CallOutcome(StrEnum):
    STARTED = "started"
    OK = "ok"
    FAILED = "failed"
    CUT = "cut"
    """The stream ended without a finish reason."""
    STOPPED = "stopped"
    LOST = "lost"
    """Its process died: what the provider counted is unknown, tokens are estimates."""


@dataclass(frozen=True, slots=True)
class CallContext:
    """On whose behalf a model is called; goes to the ledger, never to the provider."""

    task: str
    project_id: int | None = None
    member_id: int | None = None
    brief_id: int | None = None
    generation_id: int | None = None
    lease_token: int | None = None
    """Of the run that calls: once the attempt (or the recording) has a later one, a call of this run that never ended
    is lost."""
    recording_id: int | None = None
    chat_id: int | None = None
    """Where it was asked for: pays, too."""


@dataclass(frozen=True, slots=True)
class StartedCall:
    """A call in the ledger whose end nobody wrote down."""

    id: int
    provider: str
    model: str
    tokens_in: int
    """Of the prompt, by our own count."""
    generation_id: int | None
    recording_id: int | None = None
    audio_ms: int = 0
    """Of what was sent to be listened to."""
    characters: int = 0
    """Of what was sent to be read aloud."""


@dataclass(frozen=True, slots=True)
class CallReport:
    """How a model call ended. Latencies in milliseconds."""

    outcome: CallOutcome
    usage: Usage
    cost_microusd: int | None
    """None: the price of this model is not known."""
    latency_ms: int
    first_token_ms: int | None = None
    finish_reason: str | None = None
    error_code: str | None = None
    assumed_microusd: int = 0
    """What budgets count where the cost is not known: never nothing for a call that may have cost something."""
    price: dict[str, str] | None = None
    """US dollars a unit as they were at that time, for the record."""
    cache: str | None = None
    """What answered instead of the model, see CacheKind."""
    saved_microusd: int = 0
    """What it would have cost otherwise."""
    routing_saved_microusd: int = 0
    """What the same tokens would have cost more at the smart model; less than nothing where that is the cheaper one."""

    @property
    def counted_microusd(self) -> int:
        return self.assumed_microusd if self.cost_microusd is None else self.cost_microusd
