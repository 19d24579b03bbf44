"""A server that Muza starts for itself on this machine when no URL is configured.

Its lock file is held by the server process itself, so at most one server works on a folder whoever started it, and its
record (`run/<name>.json`) tells the other processes of this machine where it is.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bot.embedded.ports import free_port
from bot.settings import Settings
from bot.supervisor.child import Child, Command, start
from bot.supervisor.file_lock import FileLock

POLL_SECONDS = 0.02
ADOPTED_POLL_SECONDS = 1.0


class ServiceNotReady(Exception):
    """The server did not answer in time."""


@dataclass(frozen=True, slots=True)
class EmbeddedService:
    name: str
    url: str
    setting: str
    """Environment variable by which the other processes learn the URL."""
    command: Command
    run_dir: Path
    answers: Callable[[], Awaitable[bool]]

    async def start(self) -> Child:
        """Our own server, or the one that another process of this DATA_DIR has already started."""
        lock = FileLock.take(_lock_path(self.run_dir, self.name))
        if lock is None:
            return AdoptedService(self)
        try:
            process = await start(self.command, locks=(lock.descriptor,))
        finally:
            lock.release()
        write_record(self.run_dir, self.name, self.url)
        return process

    async def wait_until_ready(self, seconds: float) -> None:
        """Raises ServiceNotReady."""
        deadline = asyncio.get_running_loop().time() + seconds
        while not await self.answers():
            if asyncio.get_running_loop().time() > deadline:
                raise ServiceNotReady(f"{self.name} did not answer in {seconds:.0f} s")
            await asyncio.sleep(POLL_SECONDS)

    def last_words(self, lines: int = 5) -> str:
        """End of what the server wrote, for the log line that tells of its death."""
        path = self.command.output
        if path is None or not path.exists():
            return ""
        text = path.read_bytes()[-4000:].decode("utf-8", "replace")
        return "\n".join(text.strip().splitlines()[-lines:])


class AdoptedService:
    """A server started by another process: it has ended when its lock is free."""

    def __init__(self, service: EmbeddedService) -> None:
        self._service = service
        self._let_go = asyncio.Event()

    async def wait(self) -> int:
        while is_held(self._service.run_dir, self._service.name) and not self._let_go.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._let_go.wait(), ADOPTED_POLL_SECONDS)
        return 0

    async def stop(self, seconds: float) -> bool:
        """It is not ours to stop: only stop watching it."""
        self._let_go.set()
        return True


def _lock_path(run_dir: Path, name: str) -> Path:
    return run_dir / f"{name}.lock"


def is_held(run_dir: Path, name: str) -> bool:
    """Does a server of this name live on this DATA_DIR?"""
    lock = FileLock.take(_lock_path(run_dir, name))
    if lock is None:
        return True
    lock.release()
    return False


def stable_port(settings: Settings, name: str) -> int:
    """The port of the last time, so that addresses given to other processes stay true after a restart."""
    url = read_record(settings, name)
    recorded = urlsplit(url).port if url else None
    if recorded and is_held(settings.run_dir, name):
        return recorded
    return free_port(recorded)


def write_record(run_dir: Path, name: str, url: str) -> None:
    path = run_dir / f"{name}.json"
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({"url": url}), encoding="utf-8")
    partial.replace(path)


def read_record(settings: Settings, name: str) -> str | None:
    """Last known URL of the service; it may be gone by now."""
    try:
        record = json.loads((settings.run_dir / f"{name}.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    url = record.get("url") if isinstance(record, dict) else None
    return url if isinstance(url, str) else None
