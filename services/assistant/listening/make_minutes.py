"""The transcript is there and its minutes are not: a person asks for them again."""

from services.assistant.hints import hint
from services.assistant.listening.own_recording import outdated, own_recording
from services.assistant.listening.ports import ListeningRunner
from services.domain.member import Member
from services.domain.recording import Recording, RecordingState
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


class MakeMinutes:
    def __init__(self, store: Store, jobs: JobQueue, runner: ListeningRunner) -> None:
        self._store = store
        self._jobs = jobs
        self._runner = runner

    async def __call__(self, member: Member, recording_id: int, version: int) -> Recording:
        """TRANSCRIBED again; digests that were paid for are used. Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            recording = await own_recording(tx, member, recording_id)
            if not lacks_minutes(recording):
                raise outdated(recording)
            again = await tx.recordings.advance(
                recording_id,
                RecordingState.TRANSCRIBED,
                expected_version=version,
                error_code=None,
                error_facts={},
                failed_in=None,
            )
            if again is None:
                raise outdated(recording)
        await hint(self._jobs, JobName.TRANSCRIBE_RECORDING, recording_id=recording_id)
        self._runner.wake(recording_id)
        return again


def lacks_minutes(recording: Recording) -> bool:
    """All of a long recording was heard, and it could not be summed up."""
    if not recording.is_long or recording.minutes is not None or recording.request.text_only:
        return False
    was_heard = recording.failed_in is RecordingState.TRANSCRIBED and recording.state is RecordingState.FAILED
    return was_heard or (recording.state is RecordingState.DONE and bool(recording.text))
