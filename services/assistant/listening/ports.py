"""What listening needs from the edges of the house."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from services.domain.chat import ChatAddress
from services.domain.recording import Recording


class RecordingSource(Protocol):
    """Telegram's files."""

    async def download(self, recording: Recording, into: Path) -> None:
        """Raises AudioTooLarge for what this server does not hand out, MuzaError when it cannot be had now."""
        ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a recording is. Milliseconds of the recording are what is counted."""

    heard_ms: int
    total_ms: int | None
    left_seconds: float | None
    """Estimate from the pace so far; None: nothing to go by yet."""
    digests: int = 0
    digests_total: int = 0


@dataclass(frozen=True, slots=True)
class RecordingView:
    """Everything the screen needs."""

    recording: Recording
    progress: Progress | None = None
    """While it is AT_WORK and long."""
    speaker: str = ""
    """Whose recording it is, where that is not the reader's own."""
    started_message: ChatAddress | None = None


class RecordingScreen(Protocol):
    async def show(self, view: RecordingView) -> ChatAddress | None:
        """Edits the recording's message, or sends one in reply to the recording: the first, or another where a person
        has deleted it and has to know what it would say. The address it is shown at;
        None where nothing can ever be shown (the chat is closed to the bot). Raises NotShown when Telegram is out of
        reach, PreviewDropped when there was no room for a mere progress."""
        ...


class ListeningRunner(Protocol):
    def wake(self, recording_id: int) -> None:
        """There is something to do. A hint: the row is the truth, and a sweeper finds what no hint reached."""
        ...

    def stop(self, recording_id: int) -> None:
        """It was cancelled in the database: end its task if it runs in this process."""
        ...
