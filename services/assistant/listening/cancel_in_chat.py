"""/cancel: nothing of what this person has said here is listened to further, and nothing of it starts."""

from services.assistant.listening.cancel_recording import end
from services.assistant.listening.ports import ListeningRunner
from services.domain.chat import ChatAddress
from services.domain.member import Member
from services.domain.recording import Recording, RecordingState
from services.store.ports import Store


class CancelInChat:
    def __init__(self, store: Store, runner: ListeningRunner) -> None:
        self._store = store
        self._runner = runner

    async def __call__(self, member: Member, address: ChatAddress) -> Recording | None:
        """The newest that was cancelled here; None when there was nothing."""
        async with self._store.transaction() as tx:
            here = await tx.recordings.open_in(address.chat_id, address.topic_id, member.id)
            tried = [
                await tx.recordings.advance(recording.id, RecordingState.CANCELLED, start_at=None) for recording in here
            ]
        cancelled = [recording for recording in tried if recording is not None]
        for recording in cancelled:
            end(self._runner, recording)
        return cancelled[-1] if cancelled else None
