"""The demo's folder: one demo at a time works in it, and each starts afresh unless it is told to keep."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.supervisor.file_lock import FileLock

ROOT = Path(__file__).parents[3]
DEFAULT_FOLDER = ROOT / ".demo"


class FolderTaken(Exception):
    """Another demo works there."""


@contextmanager
def demo_folder(path: Path, *, keep: bool) -> Iterator[Path]:
    """The folder, locked for the duration of the block. Raises FolderTaken."""
    path.mkdir(parents=True, exist_ok=True)
    lock = FileLock.take(path / "lock")
    if lock is None:
        raise FolderTaken(str(path))
    try:
        if not keep:
            shutil.rmtree(path / "data", ignore_errors=True)
        yield path
    finally:
        lock.release()
