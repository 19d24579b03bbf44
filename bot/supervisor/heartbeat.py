"""A file that a process touches from its event loop: a loop that stands still goes stale and is seen from outside."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from loguru import logger

from bot.settings import Settings

INTERVAL_SECONDS = 5.0
STALE_SECONDS = 30.0


def heartbeat_path(settings: Settings, process: str) -> Path:
    return settings.run_dir / f"{process.replace(':', '-')}.beat"


def nothing_wrong() -> str:
    return ""


class Heart:
    """Writes the file of a process. A disk that cannot be written is told once and does not stop the process: it is
    only reported as unhealthy."""

    def __init__(self, settings: Settings, process: str) -> None:
        self._path = heartbeat_path(settings, process)
        self._is_told = False

    def beat(self, trouble: str = "") -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._path.write_text(trouble, encoding="ascii")
            self._is_told = False
        except OSError as error:
            if not self._is_told:
                logger.warning("The heartbeat cannot be written: {}", error.strerror)
            self._is_told = True

    def stop(self) -> None:
        """The process ends in order."""
        with suppress(OSError):
            self._path.unlink()


async def keep_beating(
    settings: Settings,
    process: str,
    interval_seconds: float = INTERVAL_SECONDS,
    *,
    trouble: Callable[[], str] = nothing_wrong,
) -> None:
    """Write the file of `process` (`polling`, `webhooks`, `worker-delivery`, …) until cancelled, then remove it.
    `trouble`: code of what makes a living process useless, empty while there is nothing."""
    heart = Heart(settings, process)
    try:
        while True:
            heart.beat(trouble())
            await asyncio.sleep(interval_seconds)
    finally:
        heart.stop()


def age_seconds(settings: Settings, process: str) -> float | None:
    """Since the last beat; None when the process never beat or ended in order."""
    try:
        return max(0.0, time.time() - heartbeat_path(settings, process).stat().st_mtime)
    except FileNotFoundError:
        return None


def fresh_processes(settings: Settings) -> list[str]:
    """Names of the processes on this DATA_DIR that are alive now."""
    names = sorted(path.stem for path in settings.run_dir.glob("*.beat"))
    return [name for name in names if (age := age_seconds(settings, name)) is not None and age <= STALE_SECONDS]


def trouble_of(settings: Settings, process: str) -> str:
    """What a living process said of itself at its last beat; empty: all is well."""
    try:
        return heartbeat_path(settings, process).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return ""
