"""Room for one file on its way, on a disk of our own."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path


@asynccontextmanager
async def bench(folder: Path) -> AsyncIterator[Path]:
    """A place for a file, for the owner's eyes alone. What a killed process left there goes, too."""
    await asyncio.to_thread(_begin, folder)
    try:
        yield folder / "file"
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _begin(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700, parents=True)
