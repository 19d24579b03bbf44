"""Decoding and listening, as the service and the use cases see them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.domain.usage import Usage


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What a file says of itself before it is decoded."""

    duration_ms: int | None
    """None: the file does not tell."""
    codec: str
    container: str


@dataclass(frozen=True, slots=True)
class PreparedPiece:
    """A stretch of speech between two silences: Ogg Opus, 16 kHz, mono."""

    number: int
    """0-based."""
    start_ms: int
    """In the recording. Long silences between pieces belong to none: nobody is paid for listening to them."""
    end_ms: int
    path: Path


@dataclass(frozen=True, slots=True)
class Prepared:
    """The last thing `prepare` says."""

    duration_ms: int
    """As decoded."""
    speech_ms: int
    """In which somebody speaks; 0: no pieces were written."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How far: milliseconds of the recording."""

    done_ms: int


class AudioPreparer(Protocol):
    """Hostile files are its business: it works in a child process with limits of memory and time."""

    async def probe(self, source: Path) -> AudioFacts:
        """Raises AudioUnreadable, AudioUnsupported."""
        ...

    def prepare(
        self, source: Path, into: Path, *, longest_ms: int
    ) -> AsyncGenerator[Decoding | PreparedPiece | Prepared, None]:
        """Decode any sound or video file and write pieces into the folder `into` as soon as they are complete; ends
        with one Prepared. Closing the generator ends the child. A file that is cut off gives what can be read, and is
        refused when that is less than a second.

        Raises AudioUnreadable, AudioUnsupported, AudioTooLong (past `longest_ms`, however long the file says it is).
        """
        ...


@dataclass(frozen=True, slots=True)
class ListenRequest:
    model: str
    audio: bytes
    """Ogg Opus, or another format the model's server takes (told by `file_name`)."""
    duration_ms: int
    file_name: str = "audio.ogg"
    language: str | None = None
    """ISO 639-1, when it is known; None: to be detected."""
    prompt: str = ""
    """Names as they are spelt, and the end of what was said before."""
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class HeardSegment:
    """As the model tells it; times in milliseconds from the beginning of the piece. None: it does not tell."""

    start_ms: int
    end_ms: int
    text: str
    avg_logprob: float | None = None
    no_speech_prob: float | None = None
    compression_ratio: float | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    text: str
    language: str | None
    """ISO 639-1."""
    segments: tuple[HeardSegment, ...]
    usage: Usage | None
    """None: the provider does not say what it counted."""
    avg_logprob: float | None = None
    """Of the whole, where there are no segments."""


class SpeechToText(Protocol):
    """One provider. Raises the ModelError tree; never retries by itself."""

    @property
    def provider(self) -> str:
        """For the ledger and the price list: "openai", a host name, "local" for our own machine."""
        ...

    async def listen(self, request: ListenRequest) -> Heard: ...
    async def warm_up(self) -> None:
        """Import and build what the first request needs, off the event loop. No network."""
        ...


@dataclass(frozen=True, slots=True)
class Hints:
    """What helps to hear right."""

    language: str | None = None
    glossary: tuple[str, ...] = ()
    before: str = ""
    """The end of the piece before."""
