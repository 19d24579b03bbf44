"""FETCHED → PREPARED or SILENT: decoded, and cut at silences into pieces."""

from contextlib import aclosing
from pathlib import Path, PurePosixPath

from services.assistant.listening.sound import SoundGone, piece_key, workbench
from services.domain.failpoint import FailPoint, reached
from services.domain.recording import Piece, Recording, RecordingState
from services.files.ports import FileStore
from services.store.job_fence import check_fence
from services.store.ports import Store
from services.transcription.ports import AudioPreparer, Prepared, PreparedPiece


class PrepareRecording:
    def __init__(
        self, store: Store, files: FileStore, preparer: AudioPreparer, *, bench: Path, note_ms: int, longest_ms: int
    ) -> None:
        """`bench`: folder for files under work. `note_ms`: what lasts longer is a meeting."""
        self._store = store
        self._files = files
        self._preparer = preparer
        self._bench = bench
        self._note_ms = note_ms
        self._longest_ms = longest_ms

    async def __call__(self, recording: Recording) -> None:
        """Raises AudioUnreadable, AudioUnsupported, AudioTooLong, SoundGone, FilesUnavailable, StoreUnavailable,
        JobOvertaken."""
        async with workbench(self._bench, recording.id) as folder:
            source, cut = folder / PurePosixPath(recording.file_key or "source").name, folder / "pieces"
            try:
                await self._files.fetch(recording.file_key or "", source)
            except LookupError:
                raise SoundGone(f"recording {recording.id} has no source") from None
            cut.mkdir()
            pieces, prepared = await self._prepare(recording.id, source, cut)
        reached(FailPoint.PIECES_WRITTEN)
        await self._settle(recording, pieces, prepared)

    async def _prepare(self, recording_id: int, source: Path, cut: Path) -> tuple[list[Piece], Prepared]:
        pieces: list[Piece] = []
        prepared = Prepared(0, 0)
        async with aclosing(self._preparer.prepare(source, cut, longest_ms=self._longest_ms)) as events:
            async for event in events:
                if isinstance(event, PreparedPiece):
                    pieces.append(await self._keep(recording_id, event))
                elif isinstance(event, Prepared):
                    prepared = event
        return pieces, prepared

    async def _keep(self, recording_id: int, piece: PreparedPiece) -> Piece:
        key = piece_key(recording_id, piece.number)
        await self._files.put(key, piece.path)
        piece.path.unlink()
        return Piece(recording_id, piece.number, piece.start_ms, piece.end_ms, key)

    async def _settle(self, recording: Recording, pieces: list[Piece], prepared: Prepared) -> None:
        duration = prepared.duration_ms
        is_long = recording.is_long or duration > self._note_ms
        async with self._store.transaction() as tx:
            await check_fence(tx)
            if pieces:
                await tx.recordings.cut(pieces)
            await tx.recordings.advance(
                recording.id,
                RecordingState.PREPARED if pieces else RecordingState.SILENT,
                pieces=len(pieces),
                duration_ms=duration,
                is_long=is_long,
            )
