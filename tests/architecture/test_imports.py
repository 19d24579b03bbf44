"""Importing is free: nothing is created, and what is light stays light."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("aiogram", "chromadb", "torch", "openai", "sentence_transformers", "tantivy", "sqlalchemy", "redis", "rq")

# The first round lets the libraries do what they do at import; in the second they are there already, so every event
# comes from our own modules.
IMPORT_TWICE = """
import importlib, json, pkgutil, sys, threading
from bot.lazy_aiogram import import_aiogram
import_aiogram()
sys.dont_write_bytecode = True
ROOMS = ("bot", "handlers", "services")
names = [found.name for room in ROOMS
         for found in pkgutil.walk_packages([room], room + ".")
         if found.name != "bot.__main__" and ".migrations" not in found.name]
for name in names:
    importlib.import_module(name)
for name in [name for name in sys.modules if name.partition(".")[0] in ROOMS]:
    del sys.modules[name]

events, watching = [], True
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.mkdir", "os.fork", "os.remove", "sqlite3.connect",
             "_thread.start_new_thread")
current = ""

def watch(event, arguments):
    if not watching:
        return
    written = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+")
    if written or event.startswith(FORBIDDEN):
        events.append(f"{current}: {event} {arguments!r}"[:300])

sys.addaudithook(watch)
for current in names:
    importlib.import_module(current)
watching = False
print(json.dumps({"events": events, "threads": threading.active_count(), "modules": len(names)}))
"""


def python(code: str, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_importing_every_module_creates_nothing() -> None:
    report = json.loads(python(IMPORT_TWICE).splitlines()[-1])
    assert report["modules"] > 50
    assert report["events"] == []
    assert report["threads"] == 1


HELP = "import sys; sys.argv = ['muza', '--help']\nfrom bot.cli import app\napp(standalone_mode=False)\n"


@pytest.mark.parametrize(
    "code",
    [
        HELP,
        "import bot.supervisor.run",
        "import bot.supervisor.heartbeat, bot.logs, bot.settings",
        "import bot.embedded.temporary",
    ],
    ids=["help", "supervisor", "health", "embedded"],
)
def test_light_commands_import_nothing_heavy(code: str) -> None:
    loaded = python(f"{code}\nimport sys; print(*sys.modules)").splitlines()[-1].split()
    assert sorted(set(HEAVY) & set(loaded)) == []


def test_the_scheduler_imports_the_queue_and_nothing_heavy() -> None:
    loaded = python("import bot.cron\nimport sys; print(*sys.modules)").splitlines()[-1].split()
    assert sorted(set(HEAVY) & set(loaded)) == ["redis", "rq"]
