"""Migrations: from nothing to what the code expects, once, however many processes start together."""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from services.domain.errors import StoreUnavailable
from services.store import schema
from services.store.engine import open_engine
from services.store.schema import upgrade_schema
from services.store.tables import metadata
from tests.fixtures_store import opened

UPGRADE = """
import asyncio, sys
from services.store.schema import upgrade_schema
asyncio.run(upgrade_schema(sys.argv[1]))
"""
IMPORTED_ALEMBIC = "sys.exit('alembic' in sys.modules)"
MIGRATIONS = Path(schema.__file__).parent / "migrations"


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


async def test_the_migrations_add_up_to_the_tables_of_the_code(blank_url: str) -> None:
    await upgrade_schema(blank_url)
    engine = open_engine(blank_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        tables = await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))
    await engine.dispose()
    assert tables == {*metadata.tables, "alembic_version"}


async def test_upgrading_again_keeps_the_data(blank_url: str) -> None:
    await upgrade_schema(blank_url)
    async with opened(blank_url) as store, store.transaction() as tx:
        await tx.notes.put("a", {"v": 1})
    await upgrade_schema(blank_url)
    async with opened(blank_url) as store, store.reading() as tx:
        assert await tx.notes.get("a") == {"v": 1}


async def test_processes_that_start_together_all_find_the_schema(blank_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", UPGRADE, blank_url, stderr=asyncio.subprocess.PIPE)
        for _ in range(2)
    ]
    results = await asyncio.gather(*(process.communicate() for process in processes))
    assert [(process.returncode, error) for process, (_, error) in zip(processes, results, strict=True)] == [
        (0, b"")
    ] * 2
    engine = open_engine(blank_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    await engine.dispose()


async def test_tasks_that_upgrade_together_all_find_the_schema(blank_url: str) -> None:
    await asyncio.gather(*(upgrade_schema(blank_url) for _ in range(6)))
    async with opened(blank_url) as store:
        await store.ping()


async def test_a_failed_migration_leaves_nothing(blank_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def migrate_half(connection: Connection) -> None:
        metadata.tables["notes"].create(connection)
        raise ZeroDivisionError

    with monkeypatch.context() as patched:
        patched.setattr(schema, "_migrate", migrate_half)
        with pytest.raises(ZeroDivisionError):
            await upgrade_schema(blank_url)
    engine = open_engine(blank_url)
    async with engine.connect() as connection:
        assert await connection.run_sync(lambda sync: inspect(sync).get_table_names()) == []
    await engine.dispose()
    await upgrade_schema(blank_url)


async def test_the_way_back_is_open(blank_url: str) -> None:
    await upgrade_schema(blank_url)

    def downgrade(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.downgrade(config, "base")

    engine = open_engine(blank_url)
    async with engine.begin() as connection:
        await connection.run_sync(downgrade)
    async with engine.connect() as connection:
        tables = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        assert (await connection.execute(text("SELECT count(*) FROM alembic_version"))).scalar_one() == 0
    await engine.dispose()
    assert tables == ["alembic_version"]
    await upgrade_schema(blank_url)


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreUnavailable):
        await upgrade_schema(f"sqlite+aiosqlite:///{tmp_path / 'file' / 'deeper' / 'muza.db'}")


def test_the_newest_migration_is_the_one_the_fast_path_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [schema.HEAD]


async def test_a_start_on_a_ready_database_does_not_import_alembic(sqlite_url: str) -> None:
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", UPGRADE + IMPORTED_ALEMBIC, sqlite_url)
    assert await process.wait() == 0
