"""Go on where it failed: what was reached is kept, and the sound need not be sent again."""

from datetime import datetime

from services.assistant.listening.own_recording import may_be_tried_again, outdated, own_recording
from services.assistant.listening.ports import ListeningRunner
from services.assistant.ports import Clock
from services.domain.member import Member
from services.domain.recording import Recording, RecordingState
from services.store.ports import Store

_NEEDS_SOUND = frozenset({RecordingState.FETCHED, RecordingState.PREPARED})


class RetryRecording:
    def __init__(self, store: Store, runner: ListeningRunner, clock: Clock) -> None:
        self._store = store
        self._runner = runner
        self._clock = clock

    async def __call__(self, member: Member, recording_id: int, version: int) -> Recording:
        """Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            recording = await own_recording(tx, member, recording_id)
            if recording.state is not RecordingState.FAILED or not may_be_tried_again(recording.error_code):
                raise outdated(recording)
            again = await tx.recordings.advance(
                recording_id,
                _goes_on_in(recording),
                expected_version=version,
                error_code=None,
                error_facts={},
                failed_in=None,
                start_at=self._start_at(recording),
            )
            if again is None:
                raise outdated(recording)
        self._runner.wake(recording_id)
        return again

    def _start_at(self, recording: Recording) -> datetime | None:
        return self._clock.now() if recording.failed_in is RecordingState.WAITING else None


def _goes_on_in(recording: Recording) -> RecordingState:
    """From the beginning when its sound was deleted meanwhile."""
    reached = recording.failed_in or RecordingState.RECEIVED
    return RecordingState.RECEIVED if reached in _NEEDS_SOUND and recording.file_key is None else reached
