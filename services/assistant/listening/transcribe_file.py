"""A sound file of this machine as text: decoded, cut and listened to like one that came by Telegram."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path

from services.assistant.listening.hear_recording import TAIL_CHARACTERS, TASK, Listener
from services.assistant.listening.join_pieces import join_pieces
from services.domain.recording import Piece
from services.domain.transcript import Transcript
from services.domain.usage import CallContext
from services.transcription.ports import AudioPreparer, Decoding, Hints, Prepared, PreparedPiece

NO_RECORDING = 0
"""The pieces belong to no row."""


@dataclass(frozen=True, slots=True)
class FileTranscript:
    transcript: Transcript
    pieces: tuple[Piece, ...]
    """In order, each with its text: empty when nobody speaks."""
    duration_ms: int


@dataclass(frozen=True, slots=True)
class FileProgress:
    """Milliseconds of the recording."""

    decoded_ms: int = 0
    heard_ms: int = 0
    speech_ms: int = 0
    """0: not known yet."""


OnProgress = Callable[[FileProgress], None]


class TranscribeFile:
    def __init__(self, preparer: AudioPreparer, listener: Listener, *, at_once: int, longest_ms: int) -> None:
        self._preparer = preparer
        self._listener = listener
        self._at_once = at_once
        self._longest_ms = longest_ms

    async def __call__(
        self,
        source: Path,
        bench: Path,
        on_progress: OnProgress,
        *,
        hints: Hints,
        project_id: int | None = None,
    ) -> FileTranscript:
        """`bench`: an empty folder for the pieces; who calls removes it. Raises AudioUnreadable, AudioUnsupported,
        AudioTooLong, the ModelError tree, StoreUnavailable; then no further piece is listened to."""
        pieces, prepared = await self._cut(source, bench, on_progress)
        context = CallContext(TASK, project_id=project_id)
        heard = await self._hear_all(pieces, context, hints, on_progress, prepared.speech_ms) if pieces else []
        return FileTranscript(join_pieces(heard), tuple(heard), prepared.duration_ms)

    async def _cut(self, source: Path, bench: Path, on_progress: OnProgress) -> tuple[list[Piece], Prepared]:
        pieces: list[Piece] = []
        prepared = Prepared(0, 0)
        async with aclosing(self._preparer.prepare(source, bench, longest_ms=self._longest_ms)) as events:
            async for event in events:
                if isinstance(event, PreparedPiece):
                    pieces.append(Piece(NO_RECORDING, event.number, event.start_ms, event.end_ms, str(event.path)))
                elif isinstance(event, Prepared):
                    prepared = event
                elif isinstance(event, Decoding):
                    on_progress(FileProgress(decoded_ms=event.done_ms))
        return pieces, prepared

    async def _hear_all(
        self, pieces: Sequence[Piece], context: CallContext, hints: Hints, on_progress: OnProgress, speech_ms: int
    ) -> list[Piece]:
        left = iter(pieces)
        heard: dict[int, Piece] = {}
        total = sum(map(_length, pieces))

        async def work(left: Iterator[Piece]) -> None:
            for piece in left:
                heard[piece.number] = await self._hear(piece, heard.get(piece.number - 1), context, hints)
                on_progress(FileProgress(heard_ms=sum(map(_length, heard.values())), speech_ms=total or speech_ms))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(self._at_once):
                    group.create_task(work(left))
        except ExceptionGroup as errors:
            raise errors.exceptions[0] from None
        return [heard[piece.number] for piece in pieces]

    async def _hear(self, piece: Piece, before: Piece | None, context: CallContext, hints: Hints) -> Piece:
        said = before.transcript.text[-TAIL_CHARACTERS:] if before and before.transcript else ""
        audio = await asyncio.to_thread(Path(piece.file_key).read_bytes)
        transcript = await self._listener.transcribe(audio, _length(piece), context, replace(hints, before=said))
        segments = tuple(
            replace(one, start_ms=one.start_ms + piece.start_ms, end_ms=one.end_ms + piece.start_ms)
            for one in transcript.segments
        )
        return replace(piece, transcript=replace(transcript, segments=segments))


def _length(piece: Piece) -> int:
    return piece.end_ms - piece.start_ms
