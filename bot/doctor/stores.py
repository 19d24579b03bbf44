"""SQL, Redis and Chroma: do they answer, or can they be started here?"""

import asyncio
import sqlite3
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import httpx2

from bot.doctor.finding import Finding, failure, ok, warning
from bot.embedded.chroma import heartbeat_url
from bot.embedded.running import discover
from bot.embedded.valkey import ValkeyUnavailable, binary_path
from bot.model_kinds import EmbeddingKind
from bot.redaction import describe
from bot.settings import Settings

TIMEOUT_SECONDS = 5.0
SQLITE = "sqlite+aiosqlite:///"


async def check_sql(settings: Settings) -> list[Finding]:
    if settings.sql_url.startswith(SQLITE):
        return [await asyncio.to_thread(_check_sqlite, Path(settings.sql_url.removeprefix(SQLITE)))]
    import asyncpg

    try:
        dsn = settings.sql_url.replace("+asyncpg", "", 1)
        connection = await asyncpg.connect(dsn, timeout=TIMEOUT_SECONDS)
        await connection.close(timeout=TIMEOUT_SECONDS)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        return [failure("sql", why=describe(error))]
    return [ok("sql_postgresql")]


def _check_sqlite(path: Path) -> Finding:
    if not path.exists():
        return ok("sql_new")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=TIMEOUT_SECONDS)) as base:
            base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        return failure("sql", why=type(error).__name__)
    return ok("sql_sqlite")


async def check_redis(settings: Settings) -> list[Finding]:
    if not settings.redis_url:
        if (await discover(settings)).redis_url:
            return [ok("redis_embedded_running")]
        try:
            binary_path()
        except ValkeyUnavailable as error:
            return [failure("redis_no_embedded", why=str(error))]
        return [ok("redis_embedded")]
    from redis.asyncio import Redis
    from redis.exceptions import RedisError

    try:
        async with Redis.from_url(settings.redis_url, socket_timeout=TIMEOUT_SECONDS) as client:
            await client.ping()
            mode = (await client.config_get("appendonly")).get("appendonly")
    except (RedisError, OSError, ValueError) as error:
        return [failure("redis", why=describe(error))]
    return [ok("redis_ok") if mode != "no" else warning("redis_not_durable")]


async def check_chroma(settings: Settings, http: httpx2.AsyncClient) -> list[Finding]:
    if settings.embedding_kind is EmbeddingKind.NONE:
        return []
    if not settings.chroma_url:
        if (await discover(settings)).chroma_url:
            return [ok("chroma_embedded_running")]
        installed = find_spec("chromadb_rust_bindings") is not None
        return [ok("chroma_embedded") if installed else warning("chroma_no_embedded")]
    try:
        (await http.get(heartbeat_url(settings.chroma_url))).raise_for_status()
    except httpx2.HTTPError as error:
        return [warning("chroma", why=type(error).__name__)]
    return [ok("chroma_ok")]
