"""The person wants to correct what was heard: nothing starts by itself any more."""

from services.assistant.listening.own_recording import outdated, waiting_recording
from services.assistant.listening.ports import ListeningRunner
from services.domain.member import Member
from services.domain.recording import Recording
from services.store.ports import Store


class HoldRecording:
    def __init__(self, store: Store, runner: ListeningRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, recording_id: int, version: int) -> Recording:
        """As it stands now. Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            recording = await waiting_recording(tx, member, recording_id, version)
            held = await tx.recordings.change(recording_id, expected_version=version, start_at=None)
            if held is None:
                raise outdated(recording)
        self._runner.wake(recording_id)  # its message shows other buttons now
        return held
