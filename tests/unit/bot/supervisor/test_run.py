import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.embedded.models import missing_for_listening, missing_packages
from bot.settings import Settings
from bot.supervisor.file_lock import FileLock
from bot.supervisor.run import AlreadyRunning, plan, take_data_dir

DEAF = {"transcription_model": "none"}
ALL_URLS = {"redis_url": "redis://cache", "chroma_url": "http://vectors", "models_url": "http://models"}


@pytest.mark.parametrize(
    ("values", "names"),
    [
        ({"embedding_model": "none", **DEAF}, ["redis", "bot", "worker:delivery", "worker:heavy", "cron"]),
        (
            {"embedding_model": "openai:small", "transcription_model": "openai:whisper-1"},
            ["redis", "chroma", "bot", "worker:delivery", "worker:heavy", "cron"],
        ),
        ({"embedding_model": "bundled", **ALL_URLS}, ["bot", "worker:delivery", "worker:heavy", "cron"]),
        ({"embedding_model": "none", **ALL_URLS}, ["bot", "worker:delivery", "worker:heavy", "cron"]),
    ],
)
def test_only_what_has_no_url_is_started(
    make_settings: Callable[..., Settings], values: dict[str, str], names: list[str]
) -> None:
    settings = make_settings(**values)
    lock = take_data_dir(settings)
    try:
        assert [child.name for child in plan(settings, lock)] == names
    finally:
        lock.release()


@pytest.mark.local_models
@pytest.mark.parametrize(
    ("values", "is_searching"),
    [
        ({"embedding_model": "bundled", **DEAF}, True),
        ({"embedding_model": "bundled", "transcription_model": "small"}, True),
        ({"embedding_model": "none", "transcription_model": "small"}, False),
        (
            {
                "embedding_model": "none",
                "transcription_model": "openai:whisper-1",
                "transcription_fallbacks": ("/srv/whisper.pt",),
            },
            False,
        ),
    ],
)
def test_local_models_get_one_process_which_starts_last(
    make_settings: Callable[..., Settings], values: dict[str, Any], is_searching: bool
) -> None:
    settings = make_settings(**values)
    if missing_packages(settings) or missing_for_listening(settings):
        pytest.skip("the extra `local` is not installed")
    lock = take_data_dir(settings)
    try:
        names = [child.name for child in plan(settings, lock)]
    finally:
        lock.release()
    chroma = ["chroma"] if is_searching else []
    assert names == ["redis", *chroma, "bot", "worker:delivery", "worker:heavy", "cron", "models"]


def test_a_second_run_on_the_same_folder_is_refused_at_once(settings: Settings) -> None:
    lock = take_data_dir(settings)
    try:
        with pytest.raises(AlreadyRunning) as refusal:
            take_data_dir(settings, patience_seconds=600)
        assert refusal.value.pid == os.getpid()
    finally:
        lock.release()


def test_the_last_children_of_a_killed_run_are_waited_for(settings: Settings) -> None:
    path: Path = settings.run_dir / "muza.lock"
    lock = FileLock.take(path)
    assert lock is not None
    with subprocess.Popen([sys.executable, "-c", ""]) as dead:
        dead.wait()
    path.write_text(str(dead.pid), encoding="ascii")
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(0.3)"], pass_fds=(lock.descriptor,), start_new_session=True
    )
    lock.release()
    take_data_dir(settings).release()
    assert child.wait(0) == 0
