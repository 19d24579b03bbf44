"""What an emulator is started with."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

PRICES = Path(__file__).with_name("prices.yaml")
"""PRICES_FILE: the address of an emulator is in no list of prices."""


class Personality(StrEnum):
    """How the chat model behaves. A model name that starts with a personality's value selects it (`silent-1`)."""

    HONEST = "honest"
    """The demo writer: does what the prompt asks, from the context it is given."""
    OBEDIENT = "obedient"
    """Also carries out any order it finds in its context: quotes the system prompt, emits URLs."""
    BABBLING = "babbling"
    """Never ends before max_tokens."""
    SILENT = "silent"
    """Accepts the request and never sends a byte."""
    NONSENSE = "nonsense"
    """Words without sense; never the JSON it is asked for."""
    BROKEN_JSON = "broken_json"
    """Invalid JSON first; valid when the same work is asked for once more."""


@dataclass(slots=True)
class EmulatorSettings:
    """May be changed while the server runs."""

    tokens_per_second: float | None = None
    """None: as fast as the connection takes it."""
    tokens_per_chunk: int = 4
    first_token_delay: float = 0.0
    """Seconds, for answers that are not streamed too."""
    answer_seconds: float | None = None
    """Set: every answer takes this long, its tokens spread evenly; tokens_per_second is not looked at."""
    personality: Personality = Personality.HONEST
    personality_by_prefix: dict[str, Personality] = field(default_factory=dict)
    """Model name prefix → personality; goes before `personality`."""
    seed: int = 0
    api_key: str | None = None
    """Set: any other key is refused with 401."""
    models: tuple[str, ...] = (
        "gpt-4.1",
        "gpt-4.1-mini",
        "text-embedding-3-small",
        "text-embedding-3-large",
        "whisper-1",
        "gpt-4o-transcribe",
        "gpt-4o-mini-transcribe",
        "gpt-4o-mini-tts",
        "tts-1",
    )
    """What `/v1/models` lists."""
    refuse_unknown_models: bool = False
    """True: a chat or embedding model that is not listed gets 404, as at OpenAI."""
    context_window: int = 128_000
    prefix_cache: bool = False
    """True: beginnings of prompts that were read before are cheaper, as at OpenAI."""
    has_batches: bool = True
    """False: files and batches are addresses that nobody knows, as at most local servers."""
    refused_options: tuple[str, ...] = ()
    """In batches: options that the model does not take, as reasoning models do not take a temperature."""
    batch_lines_a_look: int = 1_000
    """Each look at a batch takes it so much further."""
    batch_expires_after: int | None = None
    """Requests that are done in time; the rest of the batch expires."""
    transcripts_dir: Path | None = None
    """Texts of recordings: `<sha256 of the recording>.txt` or `<its file name>.txt`; or recordings with a `texts.json`,
    which are recognised by their sound."""

    def personality_of(self, model: str) -> Personality:
        for prefix, personality in self.personality_by_prefix.items():
            if model.startswith(prefix):
                return personality
        named = (personality for personality in Personality if model.startswith(personality.value))
        return next(named, self.personality)
