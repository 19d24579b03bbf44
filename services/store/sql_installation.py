"""The database as a whole: what a backup reads and a restore replaces."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime

from sqlalchemy import func, inspect, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.engine import open_engine, readers
from services.store.schema import knows_revision, make_folder
from services.store.sql_connection import SqlConnection
from services.store.sql_errors import store_errors
from services.store.sql_notes import SqlNotes
from services.store.sql_replacement import UNFINISHED, SqlReplacement
from services.store.sql_snapshot import SqlSnapshot
from services.store.tables import metadata

SEEDED = frozenset({"budgets", "counters", "halts", "job_leases", "notes"})
"""Tables with rows in a database that nobody has used yet."""


class SqlInstallation:
    """`url`: see `open_engine`. All raise StoreUnavailable."""

    def __init__(self, url: str) -> None:
        self._url = url

    @asynccontextmanager
    async def snapshot(self) -> AsyncIterator[SqlSnapshot]:
        engine = open_engine(self._url)
        try:
            async with SqlSnapshot.open(engine) as snapshot:
                yield snapshot
        finally:
            await engine.dispose()

    def replacement(self, revision: str, now: datetime) -> AbstractAsyncContextManager[SqlReplacement]:
        return SqlReplacement.begin(self._url, revision, now)

    def knows(self, revision: str) -> bool:
        return knows_revision(revision)

    async def rows(self) -> int:
        """0 for a database that is not there, or was never used."""
        async with self._reading() as connection:
            there = await _tables(connection)
            used = [one for one in metadata.sorted_tables if one.name in there - SEEDED]
            return sum([int(await connection.scalar(select(func.count()).select_from(one)) or 0) for one in used])

    async def unfinished(self) -> str | None:
        async with self._reading() as connection:
            if "notes" not in await _tables(connection):
                return None
            note = await SqlNotes(SqlConnection(connection, _now)).get(UNFINISHED)
            return str(note["backup"]) if note else None

    async def files_are_there(self) -> None:
        engine = open_engine(self._url)
        try:
            with store_errors():
                async with engine.begin() as connection:
                    await SqlNotes(SqlConnection(connection, _now)).delete(UNFINISHED)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def _reading(self) -> AsyncIterator[AsyncConnection]:
        await asyncio.to_thread(make_folder, self._url)
        engine = open_engine(self._url)
        try:
            with store_errors():
                async with readers(engine).connect() as connection:
                    yield connection
        finally:
            await engine.dispose()


async def _tables(connection: AsyncConnection) -> set[str]:
    return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


def _now() -> datetime:
    return datetime.now(UTC)
