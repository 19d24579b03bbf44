"""Voices, as the service sees them."""

from dataclasses import dataclass
from typing import Protocol

from services.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class SpeakRequest:
    model: str
    text: str
    voice: str
    instructions: str = ""
    """How to say it, for models that take such."""
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Spoken:
    audio: bytes
    """A format that PyAV reads: WAV, MP3, Ogg Opus."""
    usage: Usage | None
    """None: the provider does not say what it counted."""


class TextToSpeech(Protocol):
    """One provider. Raises the ModelError tree; never retries by itself."""

    @property
    def provider(self) -> str: ...
    async def speak(self, request: SpeakRequest) -> Spoken: ...
    async def warm_up(self) -> None:
        """Import and build what the first request needs, off the event loop. No network."""
        ...


@dataclass(frozen=True, slots=True)
class VoiceBubble:
    """What Telegram shows as a voice message: Ogg Opus, 48 kHz, mono."""

    audio: bytes
    duration_ms: int


class VoiceEncoder(Protocol):
    async def encode(self, audio: bytes) -> VoiceBubble:
        """Raises AudioUnreadable."""
        ...

    def again(self, audio: bytes) -> VoiceBubble:
        """The bubble whose sound was kept. Raises AudioUnreadable."""
        ...
