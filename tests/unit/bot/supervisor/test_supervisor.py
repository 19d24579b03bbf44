"""Real processes: tiny scripts that crash, drain, or refuse to end."""

import asyncio
import io
import sys
from functools import partial
from pathlib import Path

import pytest
from loguru import logger

from bot.supervisor.backoff import Backoff
from bot.supervisor.child import Command, start
from bot.supervisor.supervisor import Supervised, Supervisor
from tests.unit.bot.waiting import is_running, until

NOTE_PID = "import os, sys, time, signal; print(os.getpid(), file=open(sys.argv[1], 'a'), flush=True)\n"
SLEEP = NOTE_PID + "time.sleep(600)"
CRASH = NOTE_PID + "sys.exit(7)"
CANNOT_WORK = NOTE_PID + "sys.exit(2)"
DRAIN = NOTE_PID + (
    "def drain(*_):\n    time.sleep(0.2); print('drained', file=open(sys.argv[1], 'a'), flush=True); sys.exit(0)\n"
    "signal.signal(signal.SIGTERM, drain); print('up', file=open(sys.argv[1], 'a'), flush=True); time.sleep(600)"
)
STUBBORN = NOTE_PID + (
    "signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', file=open(sys.argv[1], 'a'), flush=True);"
    " time.sleep(600)"
)


def command(script: str, notes: Path) -> Command:
    return Command(notes.stem, (sys.executable, "-c", script, str(notes)), {})


def supervised(script: str, notes: Path, **options: object) -> Supervised:
    return Supervised(notes.stem, partial(start, command(script, notes)), **options)  # type: ignore[arg-type]


def lines(notes: Path) -> list[str]:
    return notes.read_text(encoding="ascii").splitlines() if notes.exists() else []


async def test_what_dies_is_started_again_and_its_neighbour_is_left_alone(tmp_path: Path) -> None:
    crashing, steady = tmp_path / "crashing", tmp_path / "steady"
    supervisor = Supervisor(drain_seconds=5)
    quick = Backoff(first_seconds=0.01, longest_seconds=0.02)
    async with asyncio.TaskGroup() as group:
        children = [supervised(CRASH, crashing, backoff=quick), supervised(SLEEP, steady)]
        run = group.create_task(supervisor.run(children))
        await until(lambda: len(lines(crashing)) >= 3 and len(lines(steady)) == 1, "three starts")
        supervisor.stop()
    assert run.result() == 0
    assert len(set(lines(crashing))) == len(lines(crashing))
    assert not is_running(int(lines(steady)[0]))


async def test_a_child_finishes_its_work_before_it_ends_and_servers_are_stopped_after_it(tmp_path: Path) -> None:
    notes = tmp_path / "both"
    server = DRAIN.replace("drained", "server drained")
    supervisor = Supervisor(drain_seconds=10)
    async with asyncio.TaskGroup() as group:
        children = [supervised(server, notes, is_server=True), supervised(DRAIN, notes)]
        group.create_task(supervisor.run(children))
        await until(lambda: lines(notes).count("up") == 2, "both to start")
        supervisor.stop()
    assert lines(notes)[-2:] == ["drained", "server drained"]


async def test_a_child_that_ignores_the_request_is_killed_when_the_time_is_over(tmp_path: Path) -> None:
    notes = tmp_path / "stubborn"
    supervisor, log = Supervisor(drain_seconds=0.1), io.StringIO()
    sink = logger.add(log, format="{message}")
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run([supervised(STUBBORN, notes)]))
        await until(lambda: "up" in lines(notes), "the start")
        supervisor.stop()
    logger.remove(sink)
    assert not is_running(int(lines(notes)[0]))
    assert "stubborn did not end in" in log.getvalue()


async def test_bad_settings_of_an_optional_process_are_not_retried(tmp_path: Path) -> None:
    optional, steady = tmp_path / "optional", tmp_path / "steady"
    supervisor = Supervisor(drain_seconds=5)
    async with asyncio.TaskGroup() as group:
        eager = Backoff(first_seconds=0.01)
        run = group.create_task(
            supervisor.run([supervised(CANNOT_WORK, optional, backoff=eager), supervised(SLEEP, steady)])
        )
        await until(lambda: bool(lines(optional) and lines(steady)), "both to start")
        await until(lambda: not is_running(int(lines(optional)[0])), "the end of one")
        await asyncio.sleep(0.2)  # twenty back-offs: a second start would be noted by now
        supervisor.stop()
    assert len(lines(optional)) == 1
    assert run.result() == 0


async def test_bad_settings_of_the_bot_end_everything_with_its_code(tmp_path: Path) -> None:
    steady = tmp_path / "steady"
    children = [supervised(SLEEP, steady), supervised(CANNOT_WORK, tmp_path / "bot", is_essential=True)]
    assert await Supervisor(drain_seconds=5).run(children) == 2
    assert not steady.exists() or not is_running(int(lines(steady)[0]))


async def test_a_program_that_cannot_be_started_is_tried_again(tmp_path: Path) -> None:
    notes = tmp_path / "late"
    attempts = 0

    async def start_late() -> object:
        nonlocal attempts
        attempts += 1
        if attempts < 3:
            raise FileNotFoundError(2, "No such file or directory")
        return await start(command(SLEEP, notes))

    supervisor = Supervisor(drain_seconds=5)
    async with asyncio.TaskGroup() as group:
        late = Supervised("late", start_late, backoff=Backoff(first_seconds=0.01))  # type: ignore[arg-type]
        group.create_task(supervisor.run([late]))
        await until(lambda: bool(lines(notes)), "the third attempt")
        supervisor.stop()
    assert attempts == 3


async def test_the_next_child_waits_until_the_one_before_is_ready(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    ready = asyncio.Event()

    async def is_ready() -> None:
        await ready.wait()

    supervisor = Supervisor(drain_seconds=5)
    async with asyncio.TaskGroup() as group:
        group.create_task(supervisor.run([supervised(SLEEP, first, ready=is_ready), supervised(SLEEP, second)]))
        await until(lambda: bool(lines(first)), "the first")
        assert not second.exists()
        ready.set()
        await until(lambda: bool(lines(second)), "the second")
        supervisor.stop()


@pytest.mark.parametrize(
    ("runs", "delays"),
    [
        ([0] * 7, [1, 2, 4, 8, 16, 30, 30]),
        ([0, 0, 61, 0], [1, 2, 1, 2]),
        ([59, 59], [1, 2]),
    ],
)
def test_the_wait_doubles_up_to_half_a_minute_and_starts_over_after_a_healthy_one(
    runs: list[float], delays: list[float]
) -> None:
    backoff = Backoff()
    assert [backoff.after(ran) for ran in runs] == delays
