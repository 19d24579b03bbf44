"""A migrated SQLite database for whoever opens a whole bot: migrating one takes longer than most tests."""

import asyncio
import shutil
import tempfile
from pathlib import Path

from services.store.schema import upgrade_schema

_MIGRATED: list[bytes] = []


async def put_migrated_database(path: Path) -> None:
    """Leaves alone what is there."""
    if not _MIGRATED:
        folder = Path(tempfile.mkdtemp(prefix="muza-migrated-"))
        await upgrade_schema(f"sqlite+aiosqlite:///{folder / 'muza.db'}")
        await asyncio.to_thread(_keep, folder)
    await asyncio.to_thread(_put, path)


def _keep(folder: Path) -> None:
    _MIGRATED.append((folder / "muza.db").read_bytes())
    shutil.rmtree(folder)


def _put(path: Path) -> None:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_MIGRATED[0])
