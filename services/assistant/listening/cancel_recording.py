"""Cancel: nobody listens further, nothing starts."""

from services.assistant.listening.own_recording import outdated, own_recording
from services.assistant.listening.ports import ListeningRunner
from services.domain.chat import ChatAddress
from services.domain.member import Member
from services.domain.recording import Recording, RecordingState
from services.store.ports import Store


class CancelRecording:
    def __init__(self, store: Store, runner: ListeningRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, recording_id: int) -> Recording:
        """The database says so first, then the work ceases wherever it runs. Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            recording = await own_recording(tx, member, recording_id)
            cancelled = await tx.recordings.advance(recording_id, RecordingState.CANCELLED, start_at=None)
            if cancelled is None:
                raise outdated(recording)
        self._end(cancelled)
        return cancelled

    async def in_chat(self, member: Member, address: ChatAddress) -> Recording | None:
        """All that this person has open here: /cancel. The newest of them; None when there was nothing."""
        async with self._store.transaction() as tx:
            here = await tx.recordings.open_in(address.chat_id, address.topic_id, member.id)
            tried = [
                await tx.recordings.advance(recording.id, RecordingState.CANCELLED, start_at=None) for recording in here
            ]
        cancelled = [recording for recording in tried if recording is not None]
        for recording in cancelled:
            self._end(recording)
        return cancelled[-1] if cancelled else None

    def _end(self, cancelled: Recording) -> None:
        self._runner.stop(cancelled.id)
        self._runner.wake(cancelled.id)  # its message still says that Muza listens
