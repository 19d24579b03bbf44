"""The sound of a recording is deleted; what was heard in it stays."""

from services.assistant.listening.sound import folder_of
from services.domain.recording import Recording, RecordingState
from services.files.ports import FileStore
from services.store.job_fence import check_fence
from services.store.ports import Store

NOT_WANTED = frozenset({RecordingState.SILENT, RecordingState.CANCELLED})
"""Nobody listens to it again."""


class DropSound:
    def __init__(self, store: Store, files: FileStore) -> None:
        self._store = store
        self._files = files

    async def __call__(self, recording: Recording) -> None:
        """Raises FilesUnavailable, StoreUnavailable, JobOvertaken."""
        await self._files.delete(folder_of(recording.id))
        if recording.file_key is None:
            return
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.recordings.forget_file(recording.id)
