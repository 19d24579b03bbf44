"""Nobody outlives the supervisor, by the kernel's help, and by a watched pipe where it gives none."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.supervisor import launch
from tests.unit.bot.waiting import is_running, wait_for

PARENT = """
import asyncio, sys
from bot.supervisor.child import Command, start

CHILD = "import os, sys, time; print(os.getpid(), file=open(sys.argv[1], 'a'), flush=True); time.sleep(600)"

async def main():
    for _ in range(3):
        await start(Command("child", (sys.executable, "-c", CHILD, sys.argv[1]), {}), by_kernel=sys.argv[2] == "kernel")
    await asyncio.sleep(600)

asyncio.run(main())
"""


@pytest.fixture(params=["kernel", "pipe"])
def parent(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    if request.param == "kernel" and sys.platform != "linux":
        pytest.skip("PR_SET_PDEATHSIG exists on Linux only")
    process = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path / "pids"), request.param])
    yield process
    process.kill()
    process.wait()


def test_children_die_with_a_killed_parent(parent: subprocess.Popen[bytes], tmp_path: Path) -> None:
    notes = tmp_path / "pids"
    wait_for(lambda: notes.exists() and notes.read_text().count("\n") == 3, "three children")
    pids = [int(line) for line in notes.read_text().splitlines()]
    assert all(is_running(pid) for pid in pids)
    parent.kill()
    wait_for(lambda: not any(is_running(pid) for pid in pids), "the end of all children")


def test_a_parent_that_died_before_the_question_is_noticed(tmp_path: Path) -> None:
    """The race: its parent is not who started it any more, so the command must not run."""
    somebody_else = str(os.getppid())
    mark = tmp_path / "mark"
    arguments = (somebody_else, str(int(signal.SIGKILL)), "-1", "/usr/bin/touch", str(mark))
    ended = subprocess.run([sys.executable, "-I", "-S", launch.__file__, *arguments], check=False)
    assert ended.returncode == launch.PARENT_GONE
    assert not mark.exists()


def test_the_guard_passes_signals_and_the_exit_code_on(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    mark = tmp_path / "mark"
    script = (
        "import signal, sys, time, pathlib; signal.signal(signal.SIGTERM, lambda *_: sys.exit(5));"
        f"pathlib.Path({str(mark)!r}).touch(); time.sleep(600)"
    )
    arguments = (str(os.getpid()), str(int(signal.SIGKILL)), str(reading), sys.executable, "-c", script)
    guard = subprocess.Popen([sys.executable, "-I", "-S", launch.__file__, *arguments], pass_fds=(reading,))
    try:
        wait_for(mark.exists, "the command")
        guard.terminate()
        assert guard.wait(20) == 5
    finally:
        guard.kill()
        guard.wait()
        os.close(reading)
        os.close(writing)
