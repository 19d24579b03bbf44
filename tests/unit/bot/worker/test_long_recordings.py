"""Meetings beside the jobs of the heavy worker."""

import asyncio
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

from bot.jobs import CURRENT_RUNNER, transcribe_recording
from bot.listening import sweep_recordings
from services.domain.recording import RecordingState
from services.queue.ports import JobName
from services.store.sql_store import SqlStore
from tests.unit.bot.recordings import Workplace
from tests.unit.bot.waiting import until
from tests.unit.services.assistant.listening.hearing import in_state, reload

S = RecordingState


async def test_they_are_found_without_any_job_until_the_worker_stops(sqlite_store: SqlStore) -> None:
    place, stop = Workplace(sqlite_store), asyncio.Event()
    place.gate.set()
    short, long = await in_state(sqlite_store, S.FETCHED), await in_state(sqlite_store, S.FETCHED, is_long=True)
    async with place.runner(long_ones=True) as (runner, _nursery):
        tools: Any = SimpleNamespace(listening=runner)
        async with asyncio.TaskGroup() as group:
            group.create_task(sweep_recordings(tools, stop))
            await until(lambda: len(place.taken) == 3, "the steps of the long one")
            stop.set()
    assert (await reload(sqlite_store, long)).state is S.DONE
    assert (await reload(sqlite_store, short)).state is S.FETCHED


async def test_a_worker_of_another_queue_has_nothing_to_sweep() -> None:
    tools: Any = SimpleNamespace(listening=None)
    await sweep_recordings(tools, asyncio.Event())


def test_the_job_is_a_hint() -> None:
    woken: list[int] = []
    taken: list[tuple[JobName, dict[str, Any]]] = []

    class Runner:
        def run(self, work: Callable[[Any], Coroutine[Any, Any, None]]) -> None:
            asyncio.run(work(SimpleNamespace(wake_recording=woken.append)))

        def take_hint(self, job: JobName, **arguments: int | str) -> None:
            taken.append((job, arguments))

    reset = CURRENT_RUNNER.set(Runner())
    try:
        transcribe_recording(17)
    finally:
        CURRENT_RUNNER.reset(reset)
    assert woken == [17]
    assert taken == [(JobName.TRANSCRIBE_RECORDING, {"recording_id": 17})]
