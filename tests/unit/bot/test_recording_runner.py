"""Who works on a recording, and who does not."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.domain.recording import RecordingState
from services.queue.ports import JobName
from services.store.sql_store import SqlStore
from tests.unit.bot.recordings import Workplace
from tests.unit.services.assistant.listening.hearing import in_state, reload

S = RecordingState


@pytest.fixture
def place(sqlite_store: SqlStore) -> Workplace:
    return Workplace(sqlite_store)


async def test_a_wake_is_enough(sqlite_store: SqlStore, place: Workplace) -> None:
    recording = await in_state(sqlite_store, S.RECEIVED)
    place.gate.set()
    async with place.runner() as (runner, nursery):
        runner.wake(recording.id)
        runner.wake(recording.id)
        await nursery.drain(5)
    assert (await reload(sqlite_store, recording)).state is S.DONE
    assert len(place.taken) == 4
    assert place.drawn[0] == recording.id


async def test_the_sweep_finds_what_no_hint_reached(sqlite_store: SqlStore, place: Workplace) -> None:
    recordings = [await in_state(sqlite_store, S.RECEIVED) for _ in range(5)]
    place.gate.set()
    async with place.runner(limit=2) as (runner, nursery):
        await runner.sweep()
        await nursery.drain(5)
    assert {(await reload(sqlite_store, each)).state for each in recordings} == {S.DONE}


async def test_two_processes_never_work_on_one_recording_together(store: SqlStore) -> None:
    place = Workplace(store)
    recordings = [await in_state(store, S.RECEIVED) for _ in range(6)]
    place.gate.set()
    async with place.runner() as (one, first), place.runner() as (other, second):
        for _ in range(4):
            for recording in recordings:
                one.wake(recording.id)
                other.wake(recording.id)
            await one.sweep()
            await other.sweep()
        await first.drain(10)
        await second.drain(10)
    assert place.overlaps == []
    assert {(await reload(store, each)).state for each in recordings} == {S.DONE}
    assert len(place.taken) == len(set(place.taken)), "no step was taken twice"


async def test_no_more_at_once_than_there_is_room(sqlite_store: SqlStore, place: Workplace) -> None:
    for _ in range(4):
        await in_state(sqlite_store, S.RECEIVED)
    async with place.runner(limit=2) as (runner, nursery):
        await runner.sweep()
        for _ in range(2):
            await place.busy.acquire()
        assert (place.at_work.total(), len(nursery)) == (2, 4)
        place.gate.set()


async def test_what_is_cancelled_here_ends_at_once_and_leaves_no_sound(
    sqlite_store: SqlStore, place: Workplace
) -> None:
    recording = await in_state(sqlite_store, S.FETCHED)
    await place.files.put(f"recordings/{recording.id}/source.ogg", b"sound")
    async with place.runner() as (runner, nursery):
        runner.wake(recording.id)
        await place.busy.acquire()
        async with sqlite_store.transaction() as tx:
            await tx.recordings.advance(recording.id, S.CANCELLED)
        runner.stop(recording.id)
        await nursery.drain(5)
    assert place.taken == []
    cancelled = await reload(sqlite_store, recording)
    assert (cancelled.state, cancelled.file_key) == (S.CANCELLED, None)
    assert await place.files.keys("recordings") == []


async def test_what_is_cancelled_elsewhere_ends_with_the_next_sweep(sqlite_store: SqlStore, place: Workplace) -> None:
    recording = await in_state(sqlite_store, S.FETCHED)
    async with place.runner() as (runner, nursery):
        runner.wake(recording.id)
        await place.busy.acquire()
        async with sqlite_store.transaction() as tx:
            await tx.recordings.advance(recording.id, S.CANCELLED)
        await runner.sweep()
        await nursery.drain(5)
    assert (place.taken, place.at_work.total()) == ([], 0)
    assert (await reload(sqlite_store, recording)).file_key is None


async def test_a_cancel_while_it_waits_for_room(sqlite_store: SqlStore, place: Workplace) -> None:
    busy, waiting = [await in_state(sqlite_store, S.FETCHED) for _ in range(2)]
    async with place.runner(limit=1) as (runner, nursery):
        runner.wake(busy.id)
        await place.busy.acquire()
        runner.wake(waiting.id)
        async with sqlite_store.transaction() as tx:
            await tx.recordings.advance(waiting.id, S.CANCELLED)
        runner.stop(waiting.id)
        place.gate.set()
        await nursery.drain(5)
    assert {recording_id for recording_id, _ in place.taken} == {busy.id}
    assert (await reload(sqlite_store, waiting)).file_key is None


async def test_sound_that_a_dead_process_left_is_found(sqlite_store: SqlStore, place: Workplace) -> None:
    recording = await in_state(sqlite_store, S.FETCHED)
    async with sqlite_store.transaction() as tx:
        await tx.recordings.advance(recording.id, S.CANCELLED)
    async with place.runner() as (runner, nursery):
        await runner.sweep(with_rest=False)
        assert len(nursery) == 0
        await runner.sweep()
        await nursery.drain(5)
    assert (await reload(sqlite_store, recording)).file_key is None


async def test_a_long_one_is_handed_to_the_heavy_worker(sqlite_store: SqlStore, place: Workplace) -> None:
    recording = await in_state(sqlite_store, S.RECEIVED, is_long=True)
    place.gate.set()
    async with place.runner() as (bot, nursery):
        bot.wake(recording.id)
        await nursery.drain(5)
    assert (await reload(sqlite_store, recording)).state is S.FETCHED
    assert place.jobs.enqueued == [(JobName.TRANSCRIBE_RECORDING, {"recording_id": recording.id})]
    async with place.runner(long_ones=True) as (heavy, nursery):
        await heavy.sweep()
        await nursery.drain(5)
    assert (await reload(sqlite_store, recording)).state is S.DONE


async def test_one_that_was_overtaken_writes_nothing(sqlite_store: SqlStore, place: Workplace) -> None:
    recording = await in_state(sqlite_store, S.FETCHED)
    async with place.runner(renew_seconds=3600) as (runner, nursery):
        runner.wake(recording.id)
        await place.busy.acquire()
        later = datetime.now(UTC) + timedelta(hours=1)
        async with sqlite_store.transaction() as tx:
            assert await tx.job_leases.take(f"recording:{recording.id}", "heir", later, later) is not None
        place.gate.set()
        await nursery.drain(5)
    assert (await reload(sqlite_store, recording)).state is S.FETCHED


async def test_when_the_sweep_ends_no_further_step_is_taken(sqlite_store: SqlStore, place: Workplace) -> None:
    recording = await in_state(sqlite_store, S.FETCHED)
    async with place.runner() as (runner, nursery):
        async with asyncio.TaskGroup() as group:
            sweeping = group.create_task(runner.sweep_forever())
            await place.busy.acquire()
            sweeping.cancel()
        place.gate.set()
        await nursery.drain(5)
    assert place.taken == [(recording.id, S.FETCHED)]
