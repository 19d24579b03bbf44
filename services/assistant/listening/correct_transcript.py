"""The person's own words take the place of what was heard."""

from services.assistant.brief_text import checked_brief
from services.assistant.listening.own_recording import outdated, waiting_recording
from services.assistant.listening.ports import ListeningRunner
from services.domain.member import Member
from services.domain.recording import Recording, RecordingState
from services.store.ports import Store


class CorrectTranscript:
    def __init__(self, store: Store, runner: ListeningRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, recording_id: int, version: int, text: str) -> Recording:
        """The new words are understood anew: a brief that was misheard as "approve" must not approve.

        Raises EmptyBrief, BriefTooLong, NotAllowed, StaleAction.
        """
        words = checked_brief(text)
        async with self._store.transaction() as tx:
            recording = await waiting_recording(tx, member, recording_id, version)
            corrected = await tx.recordings.advance(
                recording_id,
                RecordingState.TRANSCRIBED,
                expected_version=version,
                text=words,
                is_corrected=True,
                intent=None,
                start_at=None,
            )
            if corrected is None:
                raise outdated(recording)
        self._runner.wake(recording_id)
        return corrected
