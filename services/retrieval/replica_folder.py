"""A folder that one process at a time may fill with a replica of SQL, and the note of how far it has come."""

import fcntl
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from services.domain.errors import KnowledgeUnavailable

_LOCK = "lock"
_PROGRESS = "progress.json"


@dataclass(frozen=True, slots=True)
class Progress:
    change: int = 0
    mark: str | None = None
    """Hash of the passage that the last change wrote (None: a deletion): tells a replica of this database from
    another's, where the same numbers and ids mean other texts."""


class ReplicaFolder:
    def __init__(self, root: Path | None, layout: int) -> None:
        self._root = root
        self._layout = layout
        self._lock: IO[str] | None = None

    @property
    def path(self) -> Path | None:
        """Where the index itself lives; None: in memory."""
        return self._root / "index" if self._root else None

    def acquire(self) -> None:
        """The lock dies with the process, however it dies. Held by another, the replica goes to memory."""
        if self._root is None or self._lock is not None:
            return
        self._root.mkdir(parents=True, exist_ok=True)
        lock = (self._root / _LOCK).open("a", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            self._root = None
        else:
            self._lock = lock
            (self._root / "index").mkdir(exist_ok=True)

    def release(self) -> None:
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def read_progress(self) -> Progress:
        """Zero for a replica that is new, unreadable, or laid out by another release."""
        if self._root is None:
            return Progress()
        try:
            note = json.loads((self._root / _PROGRESS).read_text(encoding="utf-8"))
            if note["layout"] != self._layout:
                return Progress()
            return Progress(int(note["change"]), note["mark"])
        except (FileNotFoundError, KeyError, TypeError, ValueError):
            return Progress()

    def write_progress(self, progress: Progress) -> None:
        """Atomic: a reader finds the old note or the new one."""
        if self._root is None:
            return
        note = {"layout": self._layout, "change": progress.change, "mark": progress.mark}
        fresh = self._root / f"{_PROGRESS}.new"
        with fresh.open("w", encoding="utf-8") as file:
            json.dump(note, file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self._root / _PROGRESS)

    def clear(self) -> None:
        if self._root is None:
            return
        try:
            (self._root / _PROGRESS).unlink(missing_ok=True)
            shutil.rmtree(self._root / "index", ignore_errors=True)
            (self._root / "index").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise KnowledgeUnavailable(f"keyword index folder: {error}") from error
