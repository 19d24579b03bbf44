"""Opening the database: SQLite in one file, or PostgreSQL by URL."""

from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from services.store.column_types import dump_json
from services.store.sqlite_driver import connect_sqlite

READING = "muza_reading"
"""Execution option that marks a read-only transaction."""


def open_engine(url: str, *, lock_seconds: int = 5) -> AsyncEngine:
    """`url` is a SQLAlchemy URL with an async driver (sqlite+aiosqlite or postgresql+asyncpg). Connects lazily.

    Who waits longer than `lock_seconds` for another's lock is told that the database is busy.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return _open_sqlite(url, lock_seconds)
    return create_async_engine(
        url,
        json_serializer=dump_json,
        pool_size=10,
        max_overflow=10,
        pool_timeout=10,
        pool_pre_ping=True,  # a restarted server costs nobody an error
        connect_args={
            "timeout": 5,
            "command_timeout": 30 + lock_seconds,
            "server_settings": {"lock_timeout": f"{lock_seconds}s"},
        },
    )


def readers(engine: AsyncEngine) -> AsyncEngine:
    """The same pool, for transactions that read one snapshot and cannot write."""
    if engine.dialect.name == "sqlite":
        return engine.execution_options(**{READING: True})
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _open_sqlite(url: str, lock_seconds: int) -> AsyncEngine:
    path = make_url(url).database
    if not path or path == ":memory:":
        raise ValueError("SQLite in memory has no second connection: give a file")
    engine = create_async_engine(
        url,
        json_serializer=dump_json,
        pool_size=5,  # a thread each: the one writer, and a few readers
        max_overflow=0,
        pool_timeout=10,
        async_creator=lambda: connect_sqlite(path, lock_seconds),
    )
    event.listen(engine.sync_engine, "begin", _begin_sqlite)
    return engine


def _begin_sqlite(connection: Connection) -> None:
    """IMMEDIATE: a writer that only begins to write after reading cannot be queued by SQLite and gets SQLITE_BUSY."""
    reading = connection.get_execution_options().get(READING, False)
    script = "PRAGMA query_only = ON; BEGIN" if reading else "PRAGMA query_only = OFF; BEGIN IMMEDIATE"
    proxied: Any = connection.connection.dbapi_connection
    proxied.run_async(lambda driver: driver.executescript(script))  # one trip to the connection's thread
