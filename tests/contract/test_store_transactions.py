"""Transactions: all or nothing, snapshots, queues of writers, cancellation, a database that cannot serve."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.domain.errors import StoreUnavailable
from services.domain.language import Language
from services.domain.review import Verdict
from services.store import sql_store
from services.store.engine import open_engine
from services.store.ports import Store
from services.store.sql_store import SqlStore
from tests.fixtures_store import opened
from tests.store_rows import a_brief, a_member, an_attempt


async def test_an_exception_takes_everything_back(store: Store) -> None:
    async def fail() -> None:
        async with store.transaction() as tx:
            await tx.notes.put("a", {})
            await tx.audit.add("event", None)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    async with store.reading() as tx:
        assert await tx.notes.get("a") is None
        assert await tx.audit.recent() == []


async def test_a_bug_in_a_statement_is_not_taken_for_an_outage(store: Store) -> None:
    async def fail() -> None:
        async with store.transaction() as tx:
            await tx.notes.put("a", {})
            await tx.reviews.add(404, 1, 404, Verdict.APPROVED)  # no such attempt, no such person

    with pytest.raises(IntegrityError):
        await fail()
    async with store.reading() as tx:
        assert await tx.notes.get("a") is None


async def test_reading_cannot_write(store: Store) -> None:
    with pytest.raises(DBAPIError, match=r"readonly|read-only"):
        async with store.reading() as tx:
            await tx.notes.put("a", {})
    async with store.transaction() as tx:  # the same connection writes again
        await tx.notes.put("b", {})
        assert await tx.notes.get("a") is None


async def test_a_reader_sees_one_snapshot_and_waits_for_nobody(store: Store) -> None:
    async with store.transaction() as tx:
        await tx.notes.put("n", {"v": 1})
    async with store.reading() as before, store.transaction() as writer:
        await writer.notes.put("n", {"v": 2})
        assert await before.notes.get("n") == {"v": 1}
        async with store.reading() as during:
            assert await during.notes.get("n") == {"v": 1}
    async with store.reading() as before:
        assert await before.notes.get("n") == {"v": 2}
        async with store.transaction() as writer:
            await writer.notes.put("n", {"v": 3})
        assert await before.notes.get("n") == {"v": 2}


async def test_two_processes_lose_no_update(store: Store, store_url: str) -> None:
    """Read, then write, 800 times by 8 tasks over two engines: nobody is told that the database is busy."""
    brief = await a_brief(store)

    async def increment(through: Store) -> None:
        for _ in range(100):
            async with through.transaction() as tx:
                await tx.briefs.lock(brief.id)
                value = await tx.notes.get("n") or {"v": 0}
                await tx.notes.put("n", {"v": value["v"] + 1})

    async with opened(store_url) as other:
        await asyncio.gather(*(increment(through) for through in (store, other) for _ in range(4)))
    async with store.reading() as tx:
        assert await tx.notes.get("n") == {"v": 800}


async def test_a_transaction_inside_a_transaction_is_refused_at_once(sqlite_store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"):
        async with sqlite_store.transaction(), sqlite_store.transaction():
            pass
    async with sqlite_store.transaction() as tx:
        await tx.notes.put("a", {})


async def test_cancelled_tasks_leave_nothing_behind(store: Store) -> None:
    """A task is cancelled at every point of a transaction; what it wrote is there as a whole or not at all."""

    async def write(number: int) -> None:
        async with store.transaction() as tx:
            await tx.notes.put(f"a{number}", {})
            await tx.notes.put(f"b{number}", {})

    async with asyncio.TaskGroup() as group:
        for number in range(60):
            task = group.create_task(write(number))
            await asyncio.sleep(number * 0.00005)
            task.cancel()
    await write(1000)
    async with store.reading() as tx:
        assert await tx.notes.get("a1000") == {}
        for number in range(60):
            assert await tx.notes.get(f"a{number}") == await tx.notes.get(f"b{number}")


async def test_waiting_writers_are_cancelled_without_harm(store: Store) -> None:
    async def write() -> None:
        async with store.transaction() as tx:
            await tx.notes.put("late", {})

    async with asyncio.TaskGroup() as group, store.transaction() as tx:
        await tx.notes.put("late", {"v": 1})
        waiting = [group.create_task(write()) for _ in range(3)]
        await asyncio.sleep(0.01)
        for task in waiting:
            task.cancel()
    async with store.transaction() as tx:
        assert await tx.notes.get("late") == {"v": 1}


async def test_a_writer_that_never_ends_does_not_hold_the_others_for_ever(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sql_store, "WRITER_QUEUE_SECONDS", 0.01)

    async def write() -> None:
        async with sqlite_store.transaction() as tx:
            await tx.notes.put("a", {})

    async with sqlite_store.transaction():
        with pytest.raises(StoreUnavailable, match="before us"):
            await asyncio.gather(write())
    await write()


async def test_words_no_database_can_keep_do_not_lose_the_message(store: Store) -> None:
    attempt = await an_attempt(store)
    broken = "до\0после \ud83d край 🙂"
    async with store.transaction() as tx:
        member = await tx.members.seen(attempt.requested_by, broken, None, Language.RUSSIAN)
        await tx.notes.put("raw", {"text": broken})
        await tx.audit.add("odd", member.id, word=broken)
    async with store.reading() as tx:
        assert (await tx.members.get(member.id)) == member
        assert await tx.notes.get("raw") == {"text": broken}
    assert member.name == "допосле  край 🙂"


async def test_ping(store: Store) -> None:
    await store.ping()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def unreachable(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    (tmp_path / "file").touch()
    urls = {
        "sqlite": f"sqlite+aiosqlite:///{tmp_path / 'file' / 'muza.db'}",
        "postgres": f"postgresql+asyncpg://muza@/muza?host={tmp_path}",
    }
    async with opened(urls[request.param]) as store:
        yield store


async def test_an_unreachable_database_is_unavailable(unreachable: Store) -> None:
    with pytest.raises(StoreUnavailable):
        await unreachable.ping()
    with pytest.raises(StoreUnavailable):
        async with unreachable.transaction():
            pass
    with pytest.raises(StoreUnavailable):
        async with unreachable.reading() as tx:
            await tx.notes.get("a")


async def test_errors_of_the_caller_pass_through(store: Store) -> None:
    with pytest.raises(FileNotFoundError):
        async with store.transaction():
            raise FileNotFoundError("of the caller's own")


async def test_a_locked_file_is_unavailable(sqlite_url: str, tmp_path: Path) -> None:
    engine = open_engine(sqlite_url, lock_seconds=0)
    other = sqlite3.connect(tmp_path / "muza.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store = SqlStore(engine)
    with pytest.raises(StoreUnavailable):
        async with store.transaction():
            pass
    async with store.reading() as tx:
        assert await tx.notes.get("a") is None
    other.close()
    async with store.transaction() as tx:
        await tx.notes.put("a", {})
    await engine.dispose()


async def test_a_full_disk_is_unavailable_and_loses_nothing_else(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)

    @event.listens_for(engine.sync_engine, "connect")
    def no_room(connection: object, _entry: object) -> None:
        connection.run_async(lambda driver: driver.executescript("PRAGMA max_page_count = 1"))  # type: ignore[attr-defined]

    store = SqlStore(engine)
    with pytest.raises(StoreUnavailable, match="full"):
        async with store.transaction() as tx:
            await tx.notes.put("large", {"text": "x" * 2_000_000})
    async with store.transaction() as tx:
        assert await tx.notes.get("large") is None
    await engine.dispose()


async def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "muza.db").write_bytes(b"something else entirely" * 100)
    async with opened(f"sqlite+aiosqlite:///{tmp_path / 'muza.db'}") as store:
        with pytest.raises(StoreUnavailable):
            await store.ping()


@pytest.mark.postgres
async def test_a_server_that_ends_the_connection_is_unavailable_once(postgres_url: str) -> None:
    async def lose_the_connection(store: Store) -> None:
        async with store.transaction() as tx:
            await tx.notes.put("a", {})
            await end_idle_transactions(postgres_url)
            await tx.notes.put("b", {})

    async with opened(postgres_url) as store:
        with pytest.raises(StoreUnavailable):
            await lose_the_connection(store)
        async with store.transaction() as tx:
            assert await tx.notes.get("a") is None
            await tx.notes.put("c", {})


async def end_idle_transactions(postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    async with engine.connect() as connection:
        await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE state = 'idle in transaction' AND pid <> pg_backend_pid()"
            )
        )
    await engine.dispose()


async def test_sqlite_is_set_up_to_keep_what_it_committed(sqlite_url: str) -> None:
    engine = open_engine(sqlite_url)
    async with engine.connect() as connection:
        pragmas = {
            name: (await connection.execute(text(f"PRAGMA {name}"))).scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    await engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 5000, "foreign_keys": 1}


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(ValueError, match="file"):
        open_engine("sqlite+aiosqlite://")


async def test_two_stores_see_each_other(store: Store, store_url: str) -> None:
    member = await a_member(store)
    async with opened(store_url) as other, other.reading() as tx:
        assert await tx.members.get(member.id) == member
