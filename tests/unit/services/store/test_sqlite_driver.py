import sqlite3
import threading
from pathlib import Path

import pytest

from services.store.sqlite_driver import connect_sqlite, open_file


class BusyAtFirst(sqlite3.Connection):
    """SQLite as it is when another process switches the same new file to WAL at this moment."""

    refusals = 2
    code = sqlite3.SQLITE_BUSY

    def executescript(self, script: str, /) -> sqlite3.Cursor:
        cls = type(self)
        if cls.refusals:
            cls.refusals -= 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = cls.code
            raise error
        return super().executescript(script)


def busy(times: int, code: int = sqlite3.SQLITE_BUSY) -> type[BusyAtFirst]:
    return type("Busy", (BusyAtFirst,), {"refusals": times, "code": code})


def test_a_file_that_is_busy_when_it_is_opened_is_opened_a_moment_later(tmp_path: Path) -> None:
    connection = open_file(str(tmp_path / "new.db"), 5, busy(2))
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


@pytest.mark.parametrize(("seconds", "code"), [(0, sqlite3.SQLITE_BUSY), (5, sqlite3.SQLITE_IOERR)])
def test_it_gives_up_when_time_is_over_or_waiting_cannot_help(tmp_path: Path, seconds: int, code: int) -> None:
    with pytest.raises(sqlite3.OperationalError) as caught:
        open_file(str(tmp_path / "new.db"), seconds, busy(1_000_000, code))
    assert caught.value.sqlite_errorcode == code


async def test_an_opening_that_failed_leaves_no_thread(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with pytest.raises(sqlite3.OperationalError, match="unable to open"):
        await connect_sqlite(str(tmp_path / "no folder" / "new.db"), 5)
    assert [thread for thread in set(threading.enumerate()) - before if "connection_worker" in thread.name] == []


async def test_a_statement_brings_its_rows_along(tmp_path: Path) -> None:
    connection = await connect_sqlite(str(tmp_path / "new.db"), 5)
    cursor = connection.cursor()
    await cursor.execute("CREATE TABLE t (a)")
    await cursor.executemany("INSERT INTO t VALUES (?)", [(1,), (2,)])
    assert cursor.rowcount == 2
    await cursor.execute("SELECT a FROM t ORDER BY a")
    assert cursor.description[0][0] == "a"
    assert await cursor.fetchall() == [(1,), (2,)]
    assert await cursor.fetchall() == []
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await cursor.execute("SELECT * FROM missing")
    await connection.close()
