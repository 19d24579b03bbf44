"""A lock on a file, held as long as anybody has the descriptor open: passed to a child, it lives with the child."""

import fcntl
import os
from pathlib import Path
from typing import Self


class FileLock:
    """flock(2): released by the kernel, whatever way the last holder ends."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    @classmethod
    def take(cls, path: Path) -> Self | None:
        """The lock, or None when another process holds it. The file itself is never deleted."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        except OSError:
            os.close(descriptor)
            raise
        return cls(descriptor)

    def write_owner(self) -> None:
        """Note who holds the lock, for the sentence that the next one reads."""
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        """Close our descriptor; children that were given it keep the lock."""
        os.close(self.descriptor)


def read_owner(path: Path) -> int | None:
    """Process id written by the holder, when there is one."""
    try:
        text = path.read_text(encoding="ascii")
    except FileNotFoundError:
        return None
    return int(text) if text.isdecimal() else None


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
