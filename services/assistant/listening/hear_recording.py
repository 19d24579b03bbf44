"""PREPARED → TRANSCRIBED or SILENT: every piece becomes text, once."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Protocol

from services.assistant.listening.join_pieces import join_pieces
from services.assistant.listening.sound import SoundGone
from services.assistant.stages.patience import patiently
from services.domain.failpoint import FailPoint, reached
from services.domain.project import glossary_words
from services.domain.recording import Piece, Recording, RecordingState
from services.domain.transcript import Transcript
from services.domain.usage import CallContext
from services.files.ports import FileStore
from services.store.job_fence import check_fence, fence_token
from services.store.ports import Store
from services.transcription.ports import Hints

TASK = "transcribe"
"""In the ledger."""
TAIL_CHARACTERS = 200
"""Of the piece before: enough for a model to go on in the same spelling."""


class Listener(Protocol):
    async def transcribe(self, audio: bytes, duration_ms: int, context: CallContext, hints: Hints) -> Transcript:
        """Times from the beginning of `audio`. Raises the ModelError tree."""
        ...


class HearRecording:
    def __init__(
        self, store: Store, files: FileStore, listener: Listener, closing: asyncio.Event, *, at_once: int = 1
    ) -> None:
        """`closing`: the process ends, no further piece is sent. `at_once`: pieces that are listened to at the same
        time; 1 where our own machine does it."""
        self._store = store
        self._files = files
        self._listener = listener
        self._closing = closing
        self._at_once = at_once

    async def __call__(self, recording: Recording) -> None:
        """What has its text is never sent again. Raises SoundGone, FilesUnavailable, StoreUnavailable, the ModelError
        tree, JobOvertaken, LeaseLost."""
        async with self._store.reading() as tx:
            pieces = list(await tx.recordings.pieces(recording.id))
            project = await tx.projects.get(recording.project_id)
        glossary = glossary_words(project) if project else ()
        heard = {piece.number: piece.transcript for piece in pieces if piece.transcript is not None}
        left = iter([piece for piece in pieces if piece.transcript is None])
        troubles: list[Exception] = []
        async with asyncio.TaskGroup() as group:
            for _ in range(self._at_once):
                group.create_task(self._hear_several(recording, left, heard, glossary, troubles))
        if troubles:
            raise troubles[0]
        if len(heard) == len(pieces):
            await self._settle(recording, pieces, heard)

    async def _hear_several(
        self,
        recording: Recording,
        left: Iterator[Piece],
        heard: dict[int, Transcript],
        glossary: tuple[str, ...],
        troubles: list[Exception],
    ) -> None:
        """Until nothing is left, or one of them has trouble: what the others have sent is paid for, so they keep it."""
        for piece in left:
            before = heard.get(piece.number - 1)
            hints = Hints(glossary=glossary, before=before.text[-TAIL_CHARACTERS:] if before else "")
            try:
                heard[piece.number] = await self._hear(recording, piece, hints)
            except Exception as error:  # noqa: BLE001 - raised when all of them are through
                troubles.append(error)
            if troubles or self._closing.is_set():
                return

    async def _hear(self, recording: Recording, piece: Piece, hints: Hints) -> Transcript:
        transcript = await self._listen(recording, piece, hints)
        reached(FailPoint.PIECE_HEARD)
        await patiently(partial(self._keep, piece, transcript))
        reached(FailPoint.PIECE_STORED)
        return transcript

    async def _listen(self, recording: Recording, piece: Piece, hints: Hints) -> Transcript:
        try:
            audio = await self._files.read(piece.file_key)
        except LookupError:
            raise SoundGone(f"recording {recording.id} has no piece {piece.number}") from None
        context = CallContext(
            TASK,
            project_id=recording.project_id,
            member_id=recording.member_id,
            lease_token=fence_token(),
            recording_id=recording.id,
            chat_id=recording.address.chat_id,
        )
        transcript = await self._listener.transcribe(audio, piece.end_ms - piece.start_ms, context, hints)
        return _moved(transcript, piece.start_ms)

    async def _keep(self, piece: Piece, transcript: Transcript) -> None:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.recordings.hear(piece.recording_id, piece.number, transcript)

    async def _settle(self, recording: Recording, pieces: Sequence[Piece], heard: dict[int, Transcript]) -> None:
        whole = join_pieces([replace(piece, transcript=heard[piece.number]) for piece in pieces])
        state = RecordingState.TRANSCRIBED if whole.text else RecordingState.SILENT
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.recordings.advance(
                recording.id, state, text=whole.text, heard_language=whole.language, confidence=whole.confidence
            )
        reached(FailPoint.TRANSCRIPT_COMPLETE)


def _moved(transcript: Transcript, by_ms: int) -> Transcript:
    segments = tuple(
        replace(segment, start_ms=segment.start_ms + by_ms, end_ms=segment.end_ms + by_ms)
        for segment in transcript.segments
    )
    return replace(transcript, segments=segments)
