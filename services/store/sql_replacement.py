"""The database put in place of what was there: all of it in one transaction, or nothing."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, Self

from sqlalchemy import Connection, insert, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from services.domain.archive import Quieted, TableShape
from services.store.engine import open_engine
from services.store.restored_rows import forget_indexes, quiet_rows, rest_leases
from services.store.schema import LOCK_SECONDS, migrate_to, wait_for_turn
from services.store.sql_connection import SqlConnection
from services.store.sql_errors import store_errors
from services.store.sql_notes import SqlNotes
from services.store.table_shapes import clause_of, from_plain
from services.store.tables import metadata

UNFINISHED = "restore_unfinished"
"""Note that stands as long as files of a backup are still missing."""


class SqlReplacement:
    """Made at the revision of the backup, filled, and then brought up to date as any older database is."""

    def __init__(self, connection: AsyncConnection, now: datetime) -> None:
        self._connection = connection
        self._now = now

    @classmethod
    @asynccontextmanager
    async def begin(cls, url: str, revision: str, now: datetime) -> AsyncIterator[Self]:
        """Commits at the end of the block; an error inside leaves the database as it was. Raises StoreUnavailable."""
        async with AsyncExitStack() as stack:
            engine = open_engine(url, lock_seconds=LOCK_SECONDS)
            stack.push_async_callback(engine.dispose)
            with store_errors():
                connection = await stack.enter_async_context(engine.connect())
                await wait_for_turn(connection)
                await connection.run_sync(_drop_everything)
                await connection.run_sync(migrate_to, revision)
            yield cls(connection, now)
            with store_errors():
                await connection.commit()

    async def write(self, shape: TableShape, lines: Sequence[bytes]) -> int:
        """Rows, as `SqlSnapshot.lines` gives them. Raises ValueError for what cannot be a row of this table."""
        rows = await asyncio.to_thread(_rows, shape, lines)
        if rows:
            with store_errors():
                await self._connection.execute(insert(clause_of(shape)), rows)
        return len(rows)

    async def finish(self, last_ids: Mapping[str, int], backup: str, *, resume: bool) -> Quieted:
        """After the last row. `backup`: what tells it from others, noted until `files_are_there`. Unless `resume`, what
        was under way does not go on by itself."""
        with store_errors():
            await self._connection.run_sync(_continue_ids, last_ids)
            await self._connection.run_sync(migrate_to, "head")
        sql = SqlConnection(self._connection, lambda: self._now)
        await rest_leases(sql)
        await forget_indexes(sql)
        await SqlNotes(sql).put(UNFINISHED, {"backup": backup})
        return Quieted() if resume else await quiet_rows(sql)


def _rows(shape: TableShape, lines: Sequence[bytes]) -> list[dict[str, Any]]:
    names, kinds = [name for name, _ in shape.columns], [kind for _, kind in shape.columns]
    return [dict(zip(names, from_plain(json.loads(line), kinds), strict=True)) for line in lines]


def _drop_everything(connection: Connection) -> None:
    metadata.drop_all(connection)
    connection.execute(text("DROP TABLE IF EXISTS alembic_version"))


def _continue_ids(connection: Connection, last_ids: Mapping[str, int]) -> None:
    """Ids go on after the largest that was ever given out: an index may still know the document of a deleted one."""
    there = set(inspect(connection).get_table_names())
    for name, last in last_ids.items():
        if name not in there or not last:
            continue
        if connection.dialect.name == "sqlite":
            known = connection.execute(
                text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}
            ).scalar()
            if "AUTOINCREMENT" in str(known).upper():
                connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
                connection.execute(
                    text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), {"name": name, "last": last}
                )
        elif sequence := connection.execute(
            text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": name}
        ).scalar():
            connection.execute(
                text("SELECT setval(CAST(:sequence AS regclass), :last)"), {"sequence": sequence, "last": last}
            )
