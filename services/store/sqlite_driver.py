"""aiosqlite with one trip to the connection's thread for a statement.

Opening a cursor, executing, fetching and closing are four trips in aiosqlite, about 90 µs each, which for the small
statements of this store is most of their time. Results are small enough to be fetched at once.
"""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import aiosqlite

Parameters = Sequence[Any] | Mapping[str, Any]


class OneTripCursor:
    """What SQLAlchemy's asyncio adapter asks of a cursor."""

    arraysize = 1

    def __init__(self, connection: "OneTripConnection") -> None:
        self._connection = connection
        self._rows: list[Any] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "OneTripCursor":
        return self

    async def execute(self, operation: str, parameters: Parameters = ()) -> "OneTripCursor":
        return await self._run(lambda connection: connection.execute(operation, parameters))

    async def executemany(self, operation: str, parameters: Iterable[Parameters]) -> "OneTripCursor":
        return await self._run(lambda connection: connection.executemany(operation, parameters))

    async def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, []
        return rows

    async def close(self) -> None:
        self._rows = []

    async def _run(self, statement: Any) -> "OneTripCursor":
        await self._connection.in_thread(partial(self._fetch, statement))
        return self

    def _fetch(self, statement: Any, connection: sqlite3.Connection) -> None:
        cursor = statement(connection)
        self.description = cursor.description
        self._rows = cursor.fetchall() if cursor.description else []
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        cursor.close()


class OneTripConnection(aiosqlite.Connection):
    def cursor(self) -> OneTripCursor:  # type: ignore[override]
        return OneTripCursor(self)

    async def in_thread(self, work: Any) -> Any:
        """`work(connection)` in the connection's thread."""
        return await self._execute(lambda: work(self._conn))  # type: ignore[no-untyped-call]


async def connect_sqlite(path: str) -> OneTripConnection:
    """Without implicit transactions: sqlite3's own BEGIN comes too late, only before the first write."""
    connection = OneTripConnection(partial(sqlite3.connect, path, isolation_level=None), iter_chunk_size=64)
    connection._thread.daemon = True  # a connection that was never closed must not keep the process alive
    await connection
    return connection
