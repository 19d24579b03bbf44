"""Folders of tests lie in memory where there is room: thousands of small databases are written, synced and removed."""

import os
import shutil
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 2**30


def pytest_configure(config: pytest.Config) -> None:
    """Workers get theirs below the folder of the first process."""
    if config.option.basetemp is not None or hasattr(config, "workerinput") or not _is_roomy():
        return
    folder = MEMORY / f"muza-tests-{os.getpid()}"
    config.option.basetemp = str(folder)
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


def _is_roomy() -> bool:
    return MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES
