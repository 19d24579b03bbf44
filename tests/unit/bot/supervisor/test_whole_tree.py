"""`muza run` as a process of its own, with the real servers and with tiny scripts in place of bot and workers."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.bot.waiting import is_running, wait_for

ROOT = Path(__file__).parents[4]

# What stands in for our processes notes who it is, what it was told about the servers, and, as the bot, beats.
STAND_IN = """
import json, os, pathlib, sys, time
folder, name = pathlib.Path(os.environ["DATA_DIR"]), "-".join(sys.argv[1:])
note = {"pid": os.getpid(), "redis": os.environ["REDIS_URL"], "chroma": os.environ["CHROMA_URL"]}
(folder / f"{name}.partial").write_text(json.dumps(note))
(folder / f"{name}.partial").replace(folder / f"{name}.note")
(folder / "run" / f"{name}.beat").touch()
time.sleep(600)
"""
RUN = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell starts what runs in its background deaf to Ctrl-C
from bot.logs import configure_logging
from bot.settings import Settings
from bot.supervisor import run
run.muza = lambda *arguments: (sys.executable, "-c", {STAND_IN!r}, *arguments)
settings = Settings(_env_file=None)
configure_logging(settings, "supervisor")
sys.exit(run.run_everything(settings))
"""
WITHOUT_LOCAL_MODELS = {"EMBEDDING_MODEL": "openai:small", "TRANSCRIPTION_MODEL": "none"}
NAMES = ("polling", "worker---queue-delivery", "worker---queue-heavy", "cron")


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("d")


@pytest.fixture
def running(folder: Path) -> Iterator[subprocess.Popen[str]]:
    environment = {"PATH": os.defpath, "DATA_DIR": str(folder), **WITHOUT_LOCAL_MODELS}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    )
    wait_for(lambda: all((folder / f"{name}.note").exists() for name in NAMES), "bot and workers")
    yield process
    process.kill()
    process.communicate()


def notes(folder: Path) -> dict[str, dict[str, str]]:
    return {name: json.loads((folder / f"{name}.note").read_text(encoding="utf-8")) for name in NAMES}


def tree_of(root: int) -> set[int]:
    """Every descendant, by the kernel's word."""
    found: set[int] = set()
    for path in Path(f"/proc/{root}/task").glob("*/children"):
        for child in path.read_text(encoding="ascii").split():
            found |= {int(child)} | tree_of(int(child))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize(("signal_number", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 0), (signal.SIGKILL, -9)])
def test_nothing_is_left_whatever_ends_the_supervisor(
    folder: Path, running: subprocess.Popen[str], signal_number: signal.Signals, code: int
) -> None:
    tree = tree_of(running.pid)
    assert len(tree) == 6, "redis, chroma, bot, two workers, cron"
    running.send_signal(signal_number)
    assert running.wait(30) == code
    wait_for(lambda: not any(is_running(pid) for pid in tree), "the end of the whole tree")


def test_children_are_told_where_the_servers_are_and_a_killed_one_comes_back(
    folder: Path, running: subprocess.Popen[str]
) -> None:
    before = notes(folder)
    assert {note["redis"] for note in before.values()} == {f"unix://{folder}/run/redis.sock"}
    assert len({note["chroma"] for note in before.values()}) == 1
    os.kill(int(before["polling"]["pid"]), signal.SIGKILL)
    wait_for(lambda: notes(folder)["polling"]["pid"] != before["polling"]["pid"], "a new bot")
    after = notes(folder)
    assert after["polling"]["redis"] == before["polling"]["redis"]
    assert after[NAMES[1]] == before[NAMES[1]], "the worker was left alone"
    running.terminate()
    _, log = running.communicate(timeout=30)
    assert "bot ended with code -9; started again in 1 s" in log
    assert log.index("bot stopped") < log.index("redis stopped")


def test_a_new_run_after_a_kill_starts_at_once(folder: Path, running: subprocess.Popen[str]) -> None:
    running.kill()
    running.wait()
    before = notes(folder)
    environment = {"PATH": os.defpath, "DATA_DIR": str(folder), **WITHOUT_LOCAL_MODELS}
    again = subprocess.Popen([sys.executable, "-c", RUN], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: notes(folder)["polling"]["pid"] != before["polling"]["pid"], "the new bot")
        assert notes(folder)["polling"]["chroma"] == before["polling"]["chroma"], "addresses stay"
    finally:
        again.terminate()
        assert again.wait(30) == 0
