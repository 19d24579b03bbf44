"""A migrated SQLite database for whoever opens a whole bot: migrating one takes longer than most tests."""

import tempfile
from pathlib import Path

from services.store.schema import upgrade_schema

_MIGRATED: list[bytes] = []


async def put_migrated_database(path: Path) -> None:
    """Leaves alone what is there."""
    if path.exists():
        return
    if not _MIGRATED:
        with tempfile.TemporaryDirectory() as folder:
            template = Path(folder) / "template.db"
            await upgrade_schema(f"sqlite+aiosqlite:///{template}")
            _MIGRATED.append(template.read_bytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(_MIGRATED[0])
