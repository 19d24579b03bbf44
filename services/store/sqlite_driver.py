"""aiosqlite with one trip to the connection's thread for a statement.

Opening a cursor, executing, fetching and closing are four trips in aiosqlite, about 90 µs each, which for the small
statements of this store is most of their time. Results are small enough to be fetched at once.
"""

import asyncio
import sqlite3
import time
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


# WAL: readers never wait for the writer. FULL: what was committed survives a power cut, not only a crash.
SETUP = """
    PRAGMA busy_timeout = {milliseconds};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
"""


async def connect_sqlite(path: str, lock_seconds: int) -> OneTripConnection:
    connection = OneTripConnection(partial(open_file, path, lock_seconds), iter_chunk_size=64)
    connection._thread.daemon = True  # a connection that was never closed must not keep the process alive
    try:
        await connection
    except BaseException:
        # aiosqlite tells its thread to stop and does not wait: the thread may speak to a loop that is closed by then.
        await asyncio.to_thread(connection._thread.join)
        raise
    return connection


def open_file(
    path: str, lock_seconds: int, factory: type[sqlite3.Connection] = sqlite3.Connection
) -> sqlite3.Connection:
    """Without implicit transactions: sqlite3's own BEGIN comes too late, only before the first write.

    Two processes that switch a new file to WAL, or one that opens while the last other one closes, get SQLITE_BUSY at
    once, whatever busy_timeout says (https://www.sqlite.org/wal.html, chapter 9): so this is tried again here.
    """
    deadline = time.monotonic() + lock_seconds
    while True:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, factory=factory)
        try:
            connection.executescript(SETUP.format(milliseconds=lock_seconds * 1000))
        except sqlite3.Error as error:
            connection.close()
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return connection
