"""Which step a recording is to take next, and in which kind of process."""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.domain.recording import Recording, RecordingState


class Step(Protocol):
    def __call__(self, recording: Recording, /) -> Awaitable[None]:
        """Does its work and advances the row itself, in a fenced transaction; idempotent. Raises MuzaError."""
        ...


@dataclass(frozen=True, slots=True)
class Steps:
    """Of one kind of process; None: another kind takes that step. The bot fetches everything and takes all steps of
    short recordings; the heavy worker takes those of long ones from FETCHED on."""

    fetch: Step | None = None
    prepare: Step | None = None
    hear: Step | None = None
    understand: Step | None = None
    start: Step | None = None
    sum_up: Step | None = None
    long_ones: bool = False
    """Whose: after it is fetched, a recording is worked on by the process for its length."""

    def next(self, recording: Recording, now: datetime) -> Step | None:
        """None: nothing to do for this process, or not yet."""
        if recording.state is RecordingState.RECEIVED:
            return self.fetch
        if recording.is_long is not self.long_ones or not _is_due(recording, now):
            return None
        return {
            RecordingState.FETCHED: self.prepare,
            RecordingState.PREPARED: self.hear,
            RecordingState.TRANSCRIBED: self.sum_up if recording.is_long else self.understand,
            RecordingState.WAITING: self.start,
        }.get(recording.state)


def _is_due(recording: Recording, now: datetime) -> bool:
    if recording.state is not RecordingState.WAITING:
        return True
    return recording.start_at is not None and recording.start_at <= now
