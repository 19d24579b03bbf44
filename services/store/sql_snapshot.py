"""Everything in the database at one moment, while others go on writing."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, Self

from sqlalchemy import Row, Table, func, literal, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.domain.archive import ColumnKind, TableShape
from services.store.column_types import dump_json
from services.store.engine import readers
from services.store.sql_errors import store_errors
from services.store.table_shapes import shapes, to_plain
from services.store.tables import metadata

ROWS = 1_000
"""Read at once; rows with whole documents in them are read a few at a time."""
ROWS_OF = {"document_texts": 16, "recordings": 50}


class SqlSnapshot:
    """Reads inside one transaction, REPEATABLE READ or SQLite's own; it writes nothing and holds up nobody."""

    def __init__(self, connection: AsyncConnection, revision: str) -> None:
        self._connection = connection
        self.revision = revision
        self.tables = shapes()

    @classmethod
    @asynccontextmanager
    async def open(cls, engine: AsyncEngine) -> AsyncIterator[Self]:
        """Raises StoreUnavailable, in every method too."""
        with store_errors():
            async with readers(engine).connect() as connection:
                revision = await connection.scalar(text("SELECT version_num FROM alembic_version"))
                yield cls(connection, str(revision))

    async def count(self, shape: TableShape) -> int:
        return int(await self._connection.scalar(select(func.count()).select_from(metadata.tables[shape.name])) or 0)

    async def lines(self, shape: TableShape) -> AsyncIterator[list[bytes]]:
        """Rows as lines of JSON, in the order of their keys, some at a time."""
        table, kinds = metadata.tables[shape.name], [kind for _, kind in shape.columns]
        limit, last = ROWS_OF.get(shape.name, ROWS), None
        while rows := await self._page(table, last, limit):
            yield await asyncio.to_thread(_lines, rows, kinds)
            if len(rows) < limit:
                return
            last = [rows[-1]._mapping[key] for key in table.primary_key.columns]

    async def file_keys(self) -> Sequence[str]:
        """Of the files that some row names."""
        keys: set[str] = set()
        for table in metadata.sorted_tables:
            if "file_key" in table.c:
                named = select(table.c.file_key).where(table.c.file_key.is_not(None))
                keys.update((await self._connection.execute(named)).scalars())
        return sorted(keys)

    async def last_ids(self) -> dict[str, int]:
        """By table: the largest id that was ever given out, so that none is given out twice."""
        return {
            table.name: await self._last_id(table)
            for table in metadata.sorted_tables
            if table.autoincrement_column is not None
        }

    async def _page(self, table: Table, last: Sequence[Any] | None, limit: int) -> Sequence[Row[Any]]:
        keys = list(table.primary_key.columns)
        query = select(table).order_by(*keys).limit(limit)
        if last is not None:
            query = query.where(
                tuple_(*keys) > tuple_(*(literal(value, key.type) for value, key in zip(last, keys, strict=True)))
            )
        return (await self._connection.execute(query)).all()

    async def _last_id(self, table: Table) -> int:
        column = table.autoincrement_column
        there = int(await self._connection.scalar(select(func.max(column))) or 0)
        return max(there, await self._given_out(table.name, column.name if column is not None else ""))

    async def _given_out(self, table: str, column: str) -> int:
        if self._connection.dialect.name == "sqlite":
            query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
            return int(await self._connection.scalar(query, {"table": table}) or 0)
        query = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :column)::regclass)")
        return int(await self._connection.scalar(query, {"table": table, "column": column}) or 0)


def _lines(rows: Sequence[Row[Any]], kinds: Sequence[ColumnKind]) -> list[bytes]:
    return [dump_json(to_plain(row, kinds)).encode() for row in rows]
