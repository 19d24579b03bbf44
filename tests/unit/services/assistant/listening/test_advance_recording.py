"""Step after step; trouble that passes is waited out, trouble that lasts is told, bugs too."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from services.assistant.listening.advance_recording import AdvanceRecording
from services.assistant.listening.drop_sound import DropSound
from services.assistant.listening.sound import SoundGone
from services.assistant.listening.steps import Steps
from services.domain.errors import (
    AudioTooLong,
    FilesUnavailable,
    MuzaError,
    StoreUnavailable,
    TelegramFilesUnavailable,
    TranscriptionRefused,
    TranscriptionUnavailable,
)
from services.domain.recording import Recording, RecordingState
from services.files.obstore_files import ObstoreFiles
from services.store.job_fence import Fence, fenced
from services.store.sql_store import SqlStore
from tests.fakes.clock import ManualClock
from tests.unit.services.assistant.listening.hearing import in_state, memory_files, reload

S = RecordingState


@dataclass
class Walk:
    """Steps that go on to the next state, after the troubles they are given."""

    store: SqlStore
    troubles: dict[RecordingState, list[Exception]] = field(default_factory=dict)
    files: ObstoreFiles = field(default_factory=memory_files)
    taken: list[RecordingState] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)
    settled: list[tuple[int, int]] = field(default_factory=list)
    clock: ManualClock = field(default_factory=ManualClock)
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def step(self, to: RecordingState, **changes: Any) -> Callable[[Recording], Awaitable[None]]:
        async def take(recording: Recording) -> None:
            self.taken.append(recording.state)
            if troubles := self.troubles.get(recording.state):
                raise troubles.pop(0)
            async with self.store.transaction() as tx:
                await tx.recordings.advance(recording.id, to, **changes)

        return take

    def steps(self) -> Steps:
        return Steps(
            fetch=self.step(S.FETCHED, file_key="recordings/1/source.ogg"),
            prepare=self.step(S.PREPARED),
            hear=self.step(S.TRANSCRIBED),
            understand=self.step(S.WAITING, start_at=self.clock.now()),
            start=self.step(S.DONE),
        )

    async def of_recording(self, recording_id: int, lease_token: int) -> int:
        self.settled.append((recording_id, lease_token))
        return 0

    async def __call__(self, recording: Recording, patience: float = 60.0, steps: Steps | None = None) -> Recording:
        advance = AdvanceRecording(
            self.store,
            self.clock,
            steps or self.steps(),
            self,
            drop=DropSound(self.store, self.files),
            on_change=self.drawn.append,
            closing=self.closing,
            patience_seconds=patience,
        )
        await advance(recording.id)
        return await reload(self.store, recording)


@pytest.fixture
def walk(sqlite_store: SqlStore) -> Walk:
    return Walk(sqlite_store)


async def test_all_steps_are_taken_and_drawn(sqlite_store: SqlStore, walk: Walk) -> None:
    recording = await in_state(sqlite_store, S.RECEIVED)
    assert (await walk(recording)).state is S.DONE
    assert walk.taken == [S.RECEIVED, S.FETCHED, S.PREPARED, S.TRANSCRIBED, S.WAITING]
    assert walk.drawn == [recording.id] * 5


@pytest.mark.parametrize("state", [S.RECEIVED, S.FETCHED, S.PREPARED, S.TRANSCRIBED])
async def test_it_goes_on_where_a_run_before_it_ended(
    sqlite_store: SqlStore, walk: Walk, state: RecordingState
) -> None:
    assert (await walk(await in_state(sqlite_store, state))).state is S.DONE
    assert walk.taken[0] is state


async def test_nothing_starts_before_its_time(sqlite_store: SqlStore, walk: Walk) -> None:
    recording = await in_state(sqlite_store, S.WAITING)
    assert (await walk(recording)).state is S.WAITING
    async with sqlite_store.transaction() as tx:
        await tx.recordings.change(recording.id, start_at=walk.clock.now())
    assert (await walk(recording)).state is S.DONE


async def test_long_ones_are_fetched_here_and_heard_elsewhere(sqlite_store: SqlStore, walk: Walk) -> None:
    recording = await in_state(sqlite_store, S.RECEIVED, is_long=True)
    assert (await walk(recording)).state is S.FETCHED
    elsewhere = Steps(prepare=walk.step(S.PREPARED), hear=walk.step(S.TRANSCRIBED), long_ones=True)
    assert (await walk(recording, steps=elsewhere)).state is S.TRANSCRIBED
    short = await in_state(sqlite_store, S.FETCHED)
    assert (await walk(short, steps=elsewhere)).state is S.FETCHED


@pytest.mark.parametrize("trouble", [TranscriptionUnavailable(), FilesUnavailable(), TelegramFilesUnavailable()])
async def test_trouble_that_passes_is_waited_out(
    sqlite_store: SqlStore, walk: Walk, trouble: MuzaError, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.assistant.listening.advance_recording.FIRST_PAUSE_SECONDS", 0.001)
    walk.troubles = {S.PREPARED: [trouble, trouble]}
    assert (await walk(await in_state(sqlite_store, S.PREPARED))).state is S.DONE
    assert walk.taken.count(S.PREPARED) == 3


async def test_trouble_that_lasts_is_told_with_its_facts(sqlite_store: SqlStore, walk: Walk) -> None:
    walk.troubles = {S.FETCHED: [AudioTooLong(hours=4)]}
    failed = await walk(await in_state(sqlite_store, S.RECEIVED))
    assert (failed.state, failed.error_code, failed.failed_in) == (S.FAILED, "audio_too_long", S.FETCHED)
    assert failed.error_facts == {"hours": 4}
    assert failed.file_key is not None, "kept for another try"


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (TranscriptionUnavailable(retry_after=100.0), "transcription_unavailable"),
        (TranscriptionRefused(), "transcription_refused"),
        (ValueError("a bug"), "internal"),
    ],
)
async def test_patience_has_an_end(sqlite_store: SqlStore, walk: Walk, trouble: Exception, code: str) -> None:
    walk.troubles = {S.PREPARED: [trouble]}
    failed = await walk(await in_state(sqlite_store, S.PREPARED))
    assert (failed.state, failed.error_code, failed.failed_in) == (S.FAILED, code, S.PREPARED)


async def test_sound_that_is_gone_will_be_fetched_anew(sqlite_store: SqlStore, walk: Walk) -> None:
    walk.troubles = {S.PREPARED: [SoundGone()]}
    failed = await walk(await in_state(sqlite_store, S.PREPARED))
    assert (failed.state, failed.error_code, failed.file_key) == (S.FAILED, "files_unavailable", None)


async def test_without_the_database_a_later_run_goes_on(sqlite_store: SqlStore, walk: Walk) -> None:
    walk.troubles = {S.PREPARED: [StoreUnavailable()]}
    recording = await in_state(sqlite_store, S.PREPARED)
    with pytest.raises(StoreUnavailable):
        await walk(recording)
    assert (await reload(sqlite_store, recording)).state is S.PREPARED
    assert (await walk(recording)).state is S.DONE


async def test_calls_of_runs_before_are_settled_first(sqlite_store: SqlStore, walk: Walk) -> None:
    recording = await in_state(sqlite_store, S.PREPARED)
    async with sqlite_store.transaction() as tx:
        now = walk.clock.now()
        for _ in range(2):
            token = await tx.job_leases.take("recording:7", "me", now, now)
    assert token == 2
    with fenced(Fence("recording:7", token)):
        await walk(recording)
    assert walk.settled == [(recording.id, 2)]


@pytest.mark.parametrize("state", [S.CANCELLED, S.SILENT])
async def test_nobody_keeps_sound_that_is_not_wanted(sqlite_store: SqlStore, walk: Walk, state: RecordingState) -> None:
    recording = await in_state(sqlite_store, S.FETCHED)
    await walk.files.put(f"recordings/{recording.id}/source.ogg", b"sound")
    async with sqlite_store.transaction() as tx:
        await tx.recordings.advance(recording.id, state)
    assert (await walk(recording)).file_key is None
    assert await walk.files.keys("recordings") == []


async def test_a_process_that_ends_takes_no_further_step(sqlite_store: SqlStore, walk: Walk) -> None:
    walk.closing.set()
    assert (await walk(await in_state(sqlite_store, S.RECEIVED))).state is S.RECEIVED
