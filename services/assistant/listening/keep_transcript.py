"""The text is all that is wanted."""

from services.assistant.listening.own_recording import outdated, waiting_recording
from services.assistant.listening.ports import ListeningRunner
from services.domain.member import Member
from services.domain.recording import Recording, RecordingState
from services.store.ports import Store


class KeepTranscript:
    def __init__(self, store: Store, runner: ListeningRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, recording_id: int, version: int) -> Recording:
        """DONE, with nothing started. Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            recording = await waiting_recording(tx, member, recording_id, version)
            kept = await tx.recordings.advance(
                recording_id, RecordingState.DONE, expected_version=version, intent=None, start_at=None
            )
            if kept is None:
                raise outdated(recording)
        self._runner.wake(recording_id)  # its message shows other buttons now
        return kept
