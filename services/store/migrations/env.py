"""Alembic's entry. `upgrade_schema` hands over an open connection; a developer's command line gives a URL:

alembic -c services/store/migrations/alembic.ini -x url=sqlite+aiosqlite:////tmp/scratch.db revision --autogenerate
"""

import asyncio
from typing import Any

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Enum

from services.store.column_types import PersonText, UtcDateTime
from services.store.engine import open_engine
from services.store.tables import metadata


def render_type(kind: str, value: Any, _autogenerate: AutogenContext) -> Any:
    """Migrations name plain types, so that they go on working when ours change."""
    if kind == "type":
        if isinstance(value, UtcDateTime):
            return "sa.DateTime(timezone=True)"
        if isinstance(value, PersonText):
            return "sa.Text()"
        if isinstance(value, Enum):
            return f"sa.String(length={value.length})"
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_item=render_type,
        render_as_batch=True,  # SQLite alters a table by copying it
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def migrate_by_url(url: str) -> None:
    engine = open_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


given = context.config.attributes.get("connection")
if given is not None:
    migrate(given)
else:
    asyncio.run(migrate_by_url(context.get_x_argument(as_dictionary=True)["url"]))
