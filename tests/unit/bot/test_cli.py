"""The command line as a person meets it: in a process of its own."""

import os
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import bot
from bot.settings import Settings
from bot.supervisor.file_lock import FileLock
from bot.supervisor.heartbeat import heartbeat_path

ROOT = Path(__file__).parents[3]
TOKEN = "7312345678:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw0"
Muza = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def muza(tmp_path: Path) -> Muza:
    """Run `muza` in an empty folder, so that no `.env` of a developer is found."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        plain = {"PATH": os.defpath, "PYTHONPATH": str(ROOT), "DATA_DIR": str(tmp_path / "data"), "COLUMNS": "200"}
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=tmp_path,
            env={**plain, **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize("command", [("run",), ("polling",), ("webhooks",), ("worker", "--queue", "heavy")])
def test_without_a_token_one_clear_sentence_in_both_languages(muza: Muza, command: tuple[str, ...]) -> None:
    ended = muza(*command)
    assert ended.returncode == 2
    assert "TELEGRAM_BOT_TOKEN не задан" in ended.stderr
    assert "TELEGRAM_BOT_TOKEN is not set" in ended.stderr
    assert ended.stderr.count("BotFather") >= 2
    assert ended.stderr.count("make demo") == 2
    assert len(ended.stderr.splitlines()) == 2
    assert ended.stdout == ""


def test_bad_settings_are_named_without_a_traceback_or_a_value(muza: Muza) -> None:
    ended = muza("run", TELEGRAM_BOT_TOKEN=TOKEN, ADMIN_IDS=TOKEN, LOG_LEVEL="loud", MODEL_CONTEXT_TOKENS="12")
    assert ended.returncode == 2
    for name in ("ADMIN_IDS", "LOG_LEVEL", "MODEL_CONTEXT_TOKENS"):
        assert f"{name}: " in ended.stderr
    assert "Traceback" not in ended.stderr
    assert TOKEN not in ended.stderr


def test_an_unreadable_env_file_is_a_sentence(muza: Muza, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"TELEGRAM_BOT_TOKEN=\xff\xfe\x00")
    ended = muza("run")
    assert ended.returncode == 2
    assert ".env" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_second_run_on_the_same_data_folder_is_refused(muza: Muza, settings: Settings) -> None:
    lock = FileLock.take(settings.run_dir / "muza.lock")
    assert lock is not None
    lock.write_owner()
    ended = muza("run", TELEGRAM_BOT_TOKEN=TOKEN)
    lock.release()
    assert ended.returncode == 2
    assert "already runs" in ended.stderr
    assert str(os.getpid()) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_data_folder_that_cannot_be_made_is_a_sentence(muza: Muza, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = muza("run", TELEGRAM_BOT_TOKEN=TOKEN, DATA_DIR=str(tmp_path / "file" / "data"))
    assert ended.returncode == 2
    assert "DATA_DIR" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_help_lists_the_commands(muza: Muza) -> None:
    ended = muza("--help")
    assert ended.returncode == 0
    for command in ("run", "polling", "webhooks", "worker", "models", "doctor", "health", "ingest", "search"):
        assert f" {command} " in ended.stdout
    assert muza("search", "--help").returncode == 0


def test_the_version_is_the_package_s(muza: Muza) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert muza("--version").stdout == f"muza {project['version']}\n"
    assert bot.__version__ == project["version"]


def test_health_tells_a_living_process_from_a_dead_one(muza: Muza, settings: Settings) -> None:
    assert muza("health").returncode == 1
    heartbeat_path(settings, "polling").touch()
    alive = muza("health", "polling")
    assert (alive.returncode, alive.stdout) == (0, "polling\n")
    assert muza("health", "worker-heavy").returncode == 1
    heartbeat_path(settings, "polling").write_text("conflict")
    useless = muza("health", "polling")
    assert (useless.returncode, useless.stdout) == (1, "polling: conflict\n")


def test_an_unknown_queue_is_refused(muza: Muza) -> None:
    ended = muza("worker", "--queue", "high", TELEGRAM_BOT_TOKEN=TOKEN)
    assert ended.returncode == 2
    assert "delivery" in ended.stderr


def test_prices_that_cannot_be_used_are_told_with_their_line(muza: Muza, tmp_path: Path) -> None:
    prices = tmp_path / "prices.yaml"
    prices.write_text("openai/gpt-4.1: {input: 2, output: 8}\nopenai/gpt-5: {inptu: 1}\n", encoding="utf-8")
    ended = muza("run", TELEGRAM_BOT_TOKEN=TOKEN, PRICES_FILE=str(prices))
    assert ended.returncode == 2
    assert f'{prices}, line 2: "inptu" is none of' in ended.stderr
    assert len(ended.stderr.splitlines()) == 2
