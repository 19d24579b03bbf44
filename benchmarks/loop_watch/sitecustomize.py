"""Python imports a `sitecustomize` that it finds on PYTHONPATH: so every process of the product tells, into a folder,
which callbacks held its event loop for long, without knowing of it."""

import asyncio
import json
import os
import sys
import time
from pathlib import Path

FOLDER = os.environ.get("LOOP_WATCH_FOLDER")  # noqa: TID251 - it runs in every process, before any settings
LONG_SECONDS = 0.02


def _name_of(handle: asyncio.Handle) -> str:
    callback = handle._callback  # type: ignore[attr-defined]
    task = getattr(callback, "__self__", None)
    if isinstance(task, asyncio.Task):
        return f"{getattr(task.get_coro(), '__qualname__', task)}"
    return getattr(callback, "__qualname__", repr(callback))


def _watch(folder: Path) -> None:
    run = asyncio.Handle._run

    def timed(handle: asyncio.Handle) -> None:
        (
            began,
            worked,
        ) = time.perf_counter(), time.thread_time()
        run(handle)
        seconds = time.perf_counter() - began
        if seconds >= LONG_SECONDS:
            told = {
                "process": " ".join(sys.argv[1:]),
                "at": time.time(),
                "seconds": round(seconds, 4),
                "worked": round(time.thread_time() - worked, 4),
                "what": _name_of(handle),
            }
            with (folder / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as lines:
                lines.write(json.dumps(told) + "\n")

    asyncio.Handle._run = timed  # type: ignore[assignment]


if FOLDER:
    _watch(Path(FOLDER))
