"""Bringing the database's schema up to date, by every process at its start."""

import asyncio
from pathlib import Path

from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.store.engine import open_engine, readers
from services.store.sql_errors import store_errors

HEAD = "0010"
"""Newest migration. Kept here too, so that a start on an up-to-date database does not import alembic."""

MIGRATIONS = Path(__file__).parent / "migrations"
LOCK_KEY = 0x6D757A61
"""PostgreSQL advisory lock of those who migrate ("muza")."""
LOCK_SECONDS = 60


async def upgrade_schema(url: str) -> None:
    """Idempotent. Several processes may start together: one migrates, the others wait and find it done. All steps
    commit together or not at all. Raises StoreUnavailable."""
    await asyncio.to_thread(make_folder, url)
    engine = open_engine(url, lock_seconds=LOCK_SECONDS)
    try:
        with store_errors():
            if await _version(engine) == HEAD:
                return
            async with engine.connect() as connection:
                await wait_for_turn(connection)
                await connection.run_sync(_migrate)
                await connection.commit()
    finally:
        await engine.dispose()


def make_folder(url: str) -> None:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        with store_errors():
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


async def _version(engine: AsyncEngine) -> str | None:
    async with readers(engine).connect() as connection:
        try:
            version: str | None = await connection.scalar(text("SELECT version_num FROM alembic_version"))
        except (OperationalError, ProgrammingError) as error:
            if "alembic_version" not in str(error.orig):  # anything but "no such table"
                raise
            return None
        return version


async def wait_for_turn(connection: AsyncConnection) -> None:
    """On SQLite the transaction itself is the lock: BEGIN IMMEDIATE lets one in and makes the others wait."""
    await connection.begin()
    if connection.dialect.name != "sqlite":
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK_KEY})


def knows_revision(revision: str) -> bool:
    """False for one of a newer release."""
    return any(path.name.partition("_")[0] == revision for path in (MIGRATIONS / "versions").glob("0*_*.py"))


def _migrate(connection: Connection) -> None:
    migrate_to(connection, "head")


def migrate_to(connection: Connection, revision: str) -> None:
    """Forward, inside the transaction that is open."""
    from alembic import command  # 0.2 s that only a start with work to do pays
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)  # reads the version again, now alone
