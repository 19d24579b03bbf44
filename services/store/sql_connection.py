"""What the repositories speak to: one connection inside one transaction."""

import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Executable, Row, Table, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from services.store.sql_errors import store_errors

Parameters = Mapping[str, Any] | Sequence[Mapping[str, Any]]


class SqlConnection:
    """Every statement goes through here, so that a lost database always looks like StoreUnavailable."""

    def __init__(self, connection: AsyncConnection, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self.now = now

    async def rows(self, statement: Executable, parameters: Parameters | None = None) -> Sequence[Row[Any]]:
        with store_errors():
            return (await self._connection.execute(statement, parameters)).all()

    async def row(self, statement: Executable, parameters: Parameters | None = None) -> Row[Any] | None:
        with store_errors():
            return (await self._connection.execute(statement, parameters)).first()

    async def the_row(self, statement: Executable) -> Row[Any]:
        """Raises LookupError when there is none: the caller named a row that does not exist."""
        row = await self.row(statement)
        if row is None:
            raise LookupError("no such row")
        return row

    async def run(self, statement: Executable, parameters: Parameters | None = None) -> int:
        """Number of rows changed."""
        with store_errors():
            return (await self._connection.execute(statement, parameters)).rowcount

    async def line_up(self, name: str) -> None:
        """Transactions that name the same thing run one after the other, until their ends. SQLite's writing
        transactions do so anyway."""
        if self._connection.dialect.name != "sqlite":
            await self.run(select(func.pg_advisory_xact_lock(zlib.crc32(name.encode()))))

    def insert(self, table: Table) -> "sqlite.Insert | postgresql.Insert":
        """INSERT with the engine's ON CONFLICT."""
        return sqlite.insert(table) if self._connection.dialect.name == "sqlite" else postgresql.insert(table)


class SqlRepository:
    def __init__(self, sql: SqlConnection) -> None:
        self._sql = sql


def chunks(ids: Iterable[str], size: int = 500) -> Iterable[list[str]]:
    """Both engines limit the number of parameters of a statement (about 32,000)."""
    batch: list[str] = []
    for one in ids:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
