"""A process dies at each named place of a recording's way, and another goes on: with the real decoder and database."""

import asyncio
from pathlib import Path
from typing import NoReturn

import pytest

from services.assistant.listening.advance_recording import AdvanceRecording
from services.assistant.listening.drop_sound import DropSound
from services.assistant.listening.fetch_recording import FetchRecording
from services.assistant.listening.hear_recording import HearRecording
from services.assistant.listening.prepare_recording import PrepareRecording
from services.assistant.listening.steps import Steps
from services.domain.failpoint import FailPoint, arm, disarm
from services.domain.recording import RecordingState
from services.files.obstore_files import ObstoreFiles
from services.store.sql_store import SqlStore
from services.transcription.child_preparer import ChildAudioPreparer
from tests.fakes.clock import ManualClock
from tests.unit.services.assistant.listening.hearing import ScriptedListener, in_state, reload
from tests.unit.services.assistant.listening.test_fetch_and_prepare import SAMPLES, Telegram

S, F = RecordingState, FailPoint


class Death(BaseException):
    """As of the process: nothing in the product catches it."""


def die() -> NoReturn:
    raise Death


class NobodyIsLost:
    async def of_recording(self, recording_id: int, lease_token: int) -> int:
        return 0


@pytest.mark.parametrize(
    ("place", "fetched", "heard"),
    [
        (F.RECORDING_FETCHED, 1, 1),
        (F.PIECES_WRITTEN, 1, 1),
        (F.PIECE_HEARD, 1, 2),  # between an answer over the network and a row nothing can be saved
        (F.PIECE_STORED, 1, 1),
        (F.TRANSCRIPT_COMPLETE, 1, 1),
    ],
)
async def test_what_was_done_is_not_done_again(
    sqlite_store: SqlStore, tmp_path: Path, place: FailPoint, fetched: int, heard: int
) -> None:
    files, telegram = ObstoreFiles("memory:///"), Telegram((SAMPLES / "idea-ru.ogg").read_bytes())
    listener, bench, closing = ScriptedListener(), tmp_path / "bench", asyncio.Event()
    preparer = ChildAudioPreparer()
    advance = AdvanceRecording(
        sqlite_store,
        ManualClock(),
        Steps(
            fetch=FetchRecording(sqlite_store, telegram, files, preparer, bench=bench, note_ms=180_000),
            prepare=PrepareRecording(sqlite_store, files, preparer, bench=bench, note_ms=180_000, longest_ms=3_600_000),
            hear=HearRecording(sqlite_store, files, listener, closing),
        ),
        NobodyIsLost(),
        drop=DropSound(sqlite_store, files),
        on_change=lambda _: None,
        closing=closing,
        patience_seconds=0,
    )
    recording = await in_state(sqlite_store, S.RECEIVED)
    arm(place, may_die=die)
    try:
        with pytest.raises((Death, BaseExceptionGroup)):
            await advance(recording.id)
    finally:
        disarm()
    await advance(recording.id)
    done = await reload(sqlite_store, recording)
    assert (done.state, done.pieces) == (S.TRANSCRIBED, 1)
    assert (len(telegram.asked), len(listener.heard)) == (fetched, heard)
    assert len(await files.keys(f"recordings/{recording.id}")) == 2, "the sound and its piece"
