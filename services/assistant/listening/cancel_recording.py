"""Cancel: nobody listens further, nothing starts."""

from services.assistant.listening.own_recording import outdated, own_recording
from services.assistant.listening.ports import ListeningRunner
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
        end(self._runner, cancelled)
        return cancelled


def end(runner: ListeningRunner, cancelled: Recording) -> None:
    runner.stop(cancelled.id)
    runner.wake(cancelled.id)  # its message still says that Muza listens
