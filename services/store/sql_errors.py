"""Which errors of the drivers mean "the database cannot serve now", and which are bugs of ours."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.domain.errors import StoreUnavailable

# https://www.sqlite.org/rescode.html, primary codes.
SQLITE_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_NOTADB,
    }
)
# https://www.postgresql.org/docs/current/errcodes-appendix.html: connection, resources (disk full, too many
# connections), operator intervention (shutdown, starting up), system error; lock timeout, deadlock, serialisation.
POSTGRES_UNAVAILABLE_CLASSES = ("08", "53", "57", "58")
POSTGRES_UNAVAILABLE = frozenset({"55P03", "40P01", "40001"})


@contextmanager
def store_errors() -> Iterator[None]:
    """Raises StoreUnavailable in place of a driver's error that says so; everything else passes."""
    try:
        yield
    except (PoolTimeoutError, OSError) as error:  # a refused connection reaches us bare from asyncpg
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
    except DBAPIError as error:
        if error.connection_invalidated or _says_unavailable(error.orig):
            raise StoreUnavailable(f"{type(error.orig).__name__}: {error.orig}") from error
        raise
    except sqlite3.Error as error:  # from statements that bypass SQLAlchemy (BEGIN, PRAGMA)
        if _says_unavailable(error):
            raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
        raise


def _says_unavailable(error: BaseException | None) -> bool:
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        # A read-only *file or folder* is the operator's; a plain SQLITE_READONLY is a write through `reading()`.
        extended_readonly = code is not None and code & 0xFF == sqlite3.SQLITE_READONLY and code > 0xFF
        return code is not None and (code & 0xFF in SQLITE_UNAVAILABLE or extended_readonly)
    state = getattr(error, "sqlstate", None)
    if state is None:
        return False
    return state in POSTGRES_UNAVAILABLE or state.startswith(POSTGRES_UNAVAILABLE_CLASSES)
