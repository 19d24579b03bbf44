"""Jobs of the tests, called by RQ by their dotted paths."""

import asyncio
import os
from pathlib import Path

from bot.jobs import CURRENT_RUNNER, JobTools


def note_and_wait(project_id: int, path: str) -> None:
    """Writes down that it began, waits until `<path>.go` is there, and writes down that it ended."""

    async def work(_: JobTools) -> None:
        _write(path, f"began {os.getpid()}")
        while not await asyncio.to_thread(Path(f"{path}.go").exists):  # noqa: ASYNC110 - the sign comes from another process
            await asyncio.sleep(0.01)
        _write(path, f"ended {os.getpid()}")

    CURRENT_RUNNER.get().run(work)


def fail(project_id: int) -> None:
    raise ValueError("a broken job")


def _write(path: str, line: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
