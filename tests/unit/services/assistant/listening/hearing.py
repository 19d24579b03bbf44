"""Recordings on their way to a text: real rows and files, a listener that says what the test tells it to."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.assistant.listening.sound import piece_key
from services.domain.recording import Piece, Recording, RecordingState
from services.domain.transcript import Segment, Transcript
from services.domain.usage import CallContext
from services.files.obstore_files import ObstoreFiles
from services.files.ports import FileStore
from services.store.ports import Store
from services.transcription.ports import Hints
from tests.contract.recording_rows import a_recording

S = RecordingState
PATH = (S.FETCHED, S.PREPARED, S.TRANSCRIBED, S.WAITING)


@dataclass
class ScriptedListener:
    """Says "word <sound>"; what `troubles` holds for a sound is raised, once each."""

    silent: Sequence[bytes] = ()
    troubles: dict[bytes, list[Exception]] = field(default_factory=dict)
    gate: asyncio.Event | None = None
    heard: list[bytes] = field(default_factory=list)
    contexts: list[CallContext] = field(default_factory=list)
    hints: list[Hints] = field(default_factory=list)
    at_once: int = 0
    wanted: int = 1
    full: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when `wanted` pieces are being heard."""

    async def transcribe(self, audio: bytes, duration_ms: int, context: CallContext, hints: Hints) -> Transcript:
        self.contexts.append(context)
        self.hints.append(hints)
        self.at_once += 1
        if self.at_once == self.wanted:
            self.full.set()
        try:
            await (self.gate.wait() if self.gate else asyncio.sleep(0))
            if troubles := self.troubles.get(audio):
                raise troubles.pop(0)
        finally:
            self.at_once -= 1
        self.heard.append(audio)
        if audio in self.silent:
            return Transcript("")
        text = f"word {audio.decode()}"
        return Transcript(text, "ru", (Segment(0, duration_ms, text, 0.8),), 0.8)


async def in_state(store: Store, state: RecordingState, **facts: Any) -> Recording:
    recording = await a_recording(store, **facts)
    for step in PATH[: PATH.index(state) + 1] if state in PATH else ():
        async with store.transaction() as tx:
            advanced = await tx.recordings.advance(recording.id, step, file_key=f"recordings/{recording.id}/source.ogg")
        assert advanced is not None
        recording = advanced
    return recording


async def with_pieces(store: Store, files: FileStore, count: int, **facts: Any) -> Recording:
    """PREPARED; the sound of a piece is its number."""
    recording = await in_state(store, S.PREPARED, **facts)
    pieces = [
        Piece(recording.id, number, 2_000 * number, 2_000 * number + 1_500, piece_key(recording.id, number))
        for number in range(count)
    ]
    for piece in pieces:
        await files.put(piece.file_key, str(piece.number).encode())
    async with store.transaction() as tx:
        await tx.recordings.cut(pieces)
    return recording


def memory_files() -> ObstoreFiles:
    return ObstoreFiles("memory:///")


async def reload(store: Store, recording: Recording) -> Recording:
    async with store.reading() as tx:
        found = await tx.recordings.get(recording.id)
    assert found is not None
    return found
