"""Speech has arrived: record it, and wake who listens."""

from dataclasses import dataclass, replace

from services.assistant.listening.ports import ListeningRunner
from services.domain.errors import TranscriptionNotConfigured
from services.domain.failpoint import FailPoint, reached
from services.domain.member import Member
from services.domain.recording import NewRecording, Recording
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class ListeningRules:
    is_configured: bool
    """Is there anybody who could listen?"""
    note_seconds: int
    """What lasts longer is a meeting."""


class TakeRecording:
    def __init__(self, store: Store, runner: ListeningRunner, rules: ListeningRules) -> None:
        self._store = store
        self._runner = runner
        self._rules = rules

    async def __call__(self, member: Member, new: NewRecording) -> Recording:
        """The same message arriving twice finds the recording that it became. How long it is, is decided here as far
        as Telegram tells, and by its sound otherwise. Raises TranscriptionNotConfigured."""
        if not self._rules.is_configured:
            raise TranscriptionNotConfigured
        is_long = new.duration_ms is not None and new.duration_ms > self._rules.note_seconds * 1000
        async with self._store.transaction() as tx:
            recording, _ = await tx.recordings.add(replace(new, member_id=member.id, is_long=is_long))
        reached(FailPoint.RECORDING_STORED)
        self._runner.wake(recording.id)
        return recording
