"""From Telegram into our storage, and into pieces: with the real decoder."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.assistant.listening.fetch_recording import FetchRecording
from services.assistant.listening.prepare_recording import PrepareRecording
from services.assistant.listening.sound import SoundGone, piece_key
from services.domain.errors import AudioTooLong, AudioUnreadable, TelegramFilesUnavailable
from services.domain.recording import Recording, RecordingKind, RecordingState
from services.files.obstore_files import ObstoreFiles
from services.store.sql_store import SqlStore
from services.transcription.child_preparer import ChildAudioPreparer
from tests.unit.services.assistant.listening.hearing import in_state, memory_files, reload

SAMPLES = Path(__file__).parents[4] / "data" / "audio"
S = RecordingState


@dataclass
class Telegram:
    """Hands out one file."""

    content: bytes
    trouble: Exception | None = None
    asked: list[int] = field(default_factory=list)

    async def download(self, recording: Recording, into: Path) -> None:
        self.asked.append(recording.id)
        if self.trouble:
            raise self.trouble
        await asyncio.to_thread(into.write_bytes, self.content)


def left_on(bench: Path) -> list[Path]:
    return [path for path in bench.iterdir() if path.is_dir()]


@pytest.fixture
def files() -> ObstoreFiles:
    return memory_files()


def fetching(
    store: SqlStore, files: ObstoreFiles, telegram: Telegram, bench: Path, note_ms: int = 180_000
) -> FetchRecording:
    return FetchRecording(store, telegram, files, ChildAudioPreparer(), bench=bench, note_ms=note_ms)


def preparing(store: SqlStore, files: ObstoreFiles, bench: Path, **limits: int) -> PrepareRecording:
    lengths = {"note_ms": 180_000, "longest_ms": 3_600_000, **limits}
    return PrepareRecording(store, files, ChildAudioPreparer(), bench=bench, **lengths)


async def test_the_file_lies_in_our_storage(sqlite_store: SqlStore, files: ObstoreFiles, tmp_path: Path) -> None:
    recording = await in_state(sqlite_store, S.RECEIVED, file_name="../../Отчёт.M4A", kind=RecordingKind.DOCUMENT)
    await fetching(sqlite_store, files, Telegram(b"sound"), tmp_path / "bench")(recording)
    fetched = await reload(sqlite_store, recording)
    assert (fetched.state, fetched.file_key) == (S.FETCHED, f"recordings/{recording.id}/source.m4a")
    assert await files.read(fetched.file_key or "") == b"sound"
    assert left_on(tmp_path / "bench") == []


async def test_what_was_fetched_before_a_crash_is_not_fetched_again(
    sqlite_store: SqlStore, files: ObstoreFiles, tmp_path: Path
) -> None:
    recording, telegram = await in_state(sqlite_store, S.RECEIVED), Telegram(b"sound")
    left = tmp_path / f"{recording.id}-abandoned"
    left.mkdir()
    await files.put(f"recordings/{recording.id}/source.ogg", b"sound")
    await fetching(sqlite_store, files, telegram, tmp_path)(recording)
    assert (await reload(sqlite_store, recording)).state is S.FETCHED
    assert telegram.asked == []
    assert not left.exists()


async def test_how_long_it_is_decides_who_goes_on(sqlite_store: SqlStore, files: ObstoreFiles, tmp_path: Path) -> None:
    telegram = Telegram((SAMPLES / "idea-ru.ogg").read_bytes())
    recording = await in_state(sqlite_store, S.RECEIVED, duration_ms=None)
    await fetching(sqlite_store, files, telegram, tmp_path, note_ms=1_000)(recording)
    fetched = await reload(sqlite_store, recording)
    assert fetched.is_long
    assert fetched.duration_ms is not None
    assert fetched.duration_ms > 1_000
    unreadable = await in_state(sqlite_store, S.RECEIVED, duration_ms=None)
    await fetching(sqlite_store, files, Telegram(b"no sound at all"), tmp_path)(unreadable)
    assert (await reload(sqlite_store, unreadable)).state is S.FETCHED, "found out by whoever decodes it"


async def test_nothing_is_stored_when_telegram_is_away(
    sqlite_store: SqlStore, files: ObstoreFiles, tmp_path: Path
) -> None:
    recording = await in_state(sqlite_store, S.RECEIVED)
    with pytest.raises(TelegramFilesUnavailable):
        await fetching(sqlite_store, files, Telegram(b"", TelegramFilesUnavailable()), tmp_path)(recording)
    assert await files.keys("recordings") == []
    assert (await reload(sqlite_store, recording)).state is S.RECEIVED


async def fetched(store: SqlStore, files: ObstoreFiles, sample: bytes) -> Recording:
    recording = await in_state(store, S.FETCHED)
    await files.put(recording.file_key or "", sample)
    return recording


async def test_speech_becomes_pieces(sqlite_store: SqlStore, files: ObstoreFiles, tmp_path: Path) -> None:
    recording = await fetched(sqlite_store, files, (SAMPLES / "jfk.flac").read_bytes())
    await preparing(sqlite_store, files, tmp_path, note_ms=5_000)(recording)
    prepared = await reload(sqlite_store, recording)
    async with sqlite_store.reading() as tx:
        pieces = await tx.recordings.pieces(recording.id)
    assert (prepared.state, prepared.pieces, prepared.is_long) == (S.PREPARED, len(pieces), True)
    assert prepared.duration_ms == pytest.approx(11_000, abs=300)
    assert pieces
    for piece in pieces:
        assert piece.file_key == piece_key(recording.id, piece.number)
        assert (await files.read(piece.file_key)).startswith(b"OggS")
    assert left_on(tmp_path) == []


async def test_silence_is_told(sqlite_store: SqlStore, files: ObstoreFiles, tmp_path: Path) -> None:
    recording = await fetched(sqlite_store, files, (SAMPLES / "silence.ogg").read_bytes())
    await preparing(sqlite_store, files, tmp_path)(recording)
    assert (await reload(sqlite_store, recording)).state is S.SILENT


async def test_what_cannot_be_prepared_is_told(sqlite_store: SqlStore, files: ObstoreFiles, tmp_path: Path) -> None:
    gone = await in_state(sqlite_store, S.FETCHED)
    with pytest.raises(SoundGone):
        await preparing(sqlite_store, files, tmp_path)(gone)
    broken = await fetched(sqlite_store, files, b"no sound at all")
    with pytest.raises(AudioUnreadable):
        await preparing(sqlite_store, files, tmp_path)(broken)
    long = await fetched(sqlite_store, files, (SAMPLES / "jfk.flac").read_bytes())
    with pytest.raises(AudioTooLong):
        await preparing(sqlite_store, files, tmp_path, longest_ms=3_000)(long)
    assert left_on(tmp_path) == []
