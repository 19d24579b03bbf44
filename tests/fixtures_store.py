"""Databases for tests: `sqlite_store`, and `store` that runs a test once on SQLite and once on PostgreSQL."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from itertools import count
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy import make_url, text

from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.sql_store import SqlStore
from services.store.tables import metadata
from tests.postgres_server import PostgresMissing, running_postgres

BOTH_ENGINES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
TEMPLATE = "muza_template"


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database, to be copied."""
    path = tmp_path_factory.mktemp("store") / "template.db"
    asyncio.run(upgrade_schema(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A migrated database of its own for each test."""
    path = tmp_path / "muza.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """URL pattern with `{database}`; one server a test process."""
    with ExitStack() as stack:
        try:
            pattern = stack.enter_context(running_postgres())
        except PostgresMissing as missing:
            pytest.skip(str(missing))
        yield pattern


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """A migrated database, to be emptied before each test."""
    url = postgres_server.format(database=TEMPLATE)
    asyncio.run(create_database(postgres_server, TEMPLATE))
    asyncio.run(upgrade_schema(url))
    return url


@pytest.fixture
async def postgres_url(postgres_template: str) -> str:
    await empty(postgres_template)
    return postgres_template


@pytest.fixture(scope="session")
def database_numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
async def empty_postgres_url(postgres_server: str, database_numbers: Iterator[int]) -> str:
    """A database without any table."""
    name = f"empty_{next(database_numbers)}"
    await create_database(postgres_server, name)
    return postgres_server.format(database=name)


@pytest.fixture
async def sqlite_store(sqlite_url: str) -> AsyncIterator[SqlStore]:
    async with opened(sqlite_url) as store:
        yield store


@pytest.fixture(params=BOTH_ENGINES)
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated, empty database: SQLite, then PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[SqlStore]:
    async with opened(store_url) as store:
        yield store


@pytest.fixture(params=BOTH_ENGINES)
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a database may be made: not migrated yet."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'new folder' / 'muza.db'}"
    url: str = request.getfixturevalue("empty_postgres_url")
    return url


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[SqlStore]:
    engine = open_engine(url)
    yield SqlStore(engine)
    await engine.dispose()


async def create_database(pattern: str, name: str) -> None:
    engine = open_engine(pattern.format(database="postgres"))
    async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        await connection.execute(text(f"CREATE DATABASE {name}"))
    await engine.dispose()


async def empty(url: str) -> None:
    """Rows go, tables stay: much faster than a database for each test. One round trip for all tables."""
    connection = await asyncpg.connect(make_url(url).set(drivername="postgresql").render_as_string(hide_password=False))
    try:
        names = [table.name for table in reversed(metadata.sorted_tables)]
        await connection.execute("; ".join(f"DELETE FROM {name}" for name in names))  # noqa: S608 - our own tables
    finally:
        await connection.close()
