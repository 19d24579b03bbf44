"""A database with rows in every table, whatever tables there are: for what has to carry all of them."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import Column, Enum, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.domain.archive import ColumnKind
from services.domain.project import BrandProfile
from services.store.sql_projects import profile_to_json
from services.store.table_shapes import kind_of
from services.store.tables import metadata

ROWS = 3
MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
ODD_TEXT = 'Тишина №{n}\n"quoted" \\ 🍵\t\u2028'
VALUES: Mapping[ColumnKind, Any] = {
    ColumnKind.FLAG: lambda n: n % 2 == 0,
    ColumnKind.WHOLE: lambda n: 5_000_000_000 + n,
    ColumnKind.NUMBER: lambda n: n / 7,
    ColumnKind.MOMENT: lambda n: MOMENT.replace(hour=n),
    ColumnKind.DAY: lambda n: date(2026, 3, n),
    ColumnKind.BYTES: lambda n: bytes((n, 0, 255, 10, 13)),
    ColumnKind.TEXT: lambda n: ODD_TEXT.format(n=n),
    ColumnKind.JSON: lambda n: {"n": n, "deep": [None, 1.5, ODD_TEXT.format(n=n)], "half": "\ud83c"},
}
NARROW = frozenset({"version", "number", "position", "attempts", "reminders", "lease_token", "percent", "revision"})
"""Names of columns that have 32 bits, beside those of the type INTEGER."""
EMPTY = frozenset({"owner", "lease_owner", "lease_until", "until"})
"""Leases: whoever held one is gone."""
OWN: Mapping[str, Any] = {
    "profile": lambda _, n: profile_to_json(BrandProfile(ODD_TEXT.format(n=n))),
    "file_key": lambda column, n: f"recordings/{n}/{column.table.name}.ogg",
}
"""Columns whose values somebody reads."""


async def fill(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for table in metadata.sorted_tables:
            await connection.execute(insert(table), [_row(table, n) for n in range(1, ROWS + 1)])


async def rows_of(engine: AsyncEngine) -> dict[str, list[dict[str, Any]]]:
    """Of every table, in the order of the keys."""
    async with engine.connect() as connection:
        return {table.name: await _read(connection, table) for table in metadata.sorted_tables}


async def _read(connection: AsyncConnection, table: Table) -> list[dict[str, Any]]:
    found = await connection.execute(select(table))
    keys = [column.name for column in table.primary_key.columns]
    return sorted((dict(row) for row in found.mappings()), key=lambda row: [str(row[key]) for key in keys])


def _row(table: Table, n: int) -> dict[str, Any]:
    return {column.name: _value(column, n) for column in table.columns}


def _value(column: Column[Any], n: int) -> Any:
    if column.foreign_keys:
        referred = next(iter(column.foreign_keys)).column
        itself = referred.table is column.table
        return (_value(referred, n - 1) if n > 1 else None) if itself else _value(referred, n)
    if isinstance(column.type, Enum):
        members = list(column.type.enum_class or ())
        return members[-n % len(members)]
    if column.name in EMPTY:
        return None
    if column.name in OWN:
        return OWN[column.name](column, n)
    kind = kind_of(column)
    if kind is ColumnKind.WHOLE and (column.name in NARROW or type(column.type).__name__ == "Integer"):
        return n
    is_name = column.primary_key or column.unique or column.name.endswith("_hash")
    return f"{column.name}-{n}" if kind is ColumnKind.TEXT and is_name else VALUES[kind](n)
