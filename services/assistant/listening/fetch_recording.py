"""RECEIVED → FETCHED: the file leaves Telegram and lies in our storage."""

import contextlib
from pathlib import Path

from services.assistant.listening.ports import RecordingSource
from services.assistant.listening.sound import source_key, workbench
from services.domain.errors import AudioUnreadable
from services.domain.failpoint import FailPoint, reached
from services.domain.recording import Recording, RecordingState
from services.files.ports import FileStore
from services.store.job_fence import check_fence
from services.store.ports import Store
from services.transcription.ports import AudioPreparer


class FetchRecording:
    def __init__(
        self,
        store: Store,
        source: RecordingSource,
        files: FileStore,
        preparer: AudioPreparer,
        *,
        bench: Path,
        note_ms: int,
    ) -> None:
        """`bench`: folder for files under work. `note_ms`: what lasts longer is a meeting."""
        self._store = store
        self._source = source
        self._files = files
        self._preparer = preparer
        self._bench = bench
        self._note_ms = note_ms

    async def __call__(self, recording: Recording) -> None:
        """Raises AudioTooLarge, FileNotHandedOut, FilesUnavailable, StoreUnavailable, JobOvertaken."""
        key = source_key(recording)
        async with workbench(self._bench, recording.id) as folder:
            path = folder / "source"
            if await self._files.exists(key):  # a run before this one died between the file and the row
                if recording.duration_ms is None:
                    await self._files.fetch(key, path)
            else:
                await self._source.download(recording, path)
                await self._files.put(key, path)
            reached(FailPoint.RECORDING_FETCHED)
            duration_ms = recording.duration_ms or await self._tell(path)
        is_long = recording.is_long or (duration_ms is not None and duration_ms > self._note_ms)
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.recordings.advance(
                recording.id, RecordingState.FETCHED, file_key=key, duration_ms=duration_ms, is_long=is_long
            )

    async def _tell(self, path: Path) -> int | None:
        """Who works on it depends on how long it is. What is wrong with a file is found out by whoever decodes it."""
        with contextlib.suppress(AudioUnreadable):
            return (await self._preparer.probe(path)).duration_ms
        return None
