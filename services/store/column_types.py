"""Column types that behave the same on SQLite and PostgreSQL."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


def row_id() -> TypeEngine[int]:
    """64 bits everywhere: SQLite's row ids are 64-bit under the name INTEGER only."""
    return BigInteger().with_variant(Integer(), "sqlite")


def enum_column(values: type[StrEnum]) -> Enum:
    """Stored by value, without a CHECK: a new member of the enum needs no migration."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


class UtcDateTime(TypeDecorator[datetime]):
    """Timezone-aware in, UTC and timezone-aware out. A naive value is a bug of the caller."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("naive datetime: the store keeps points in time")
        utc = value.astimezone(UTC)
        # SQLite has no zone to keep; without it the stored texts also sort as the times do.
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PersonText(TypeDecorator[str]):
    """Text that people and models write. PostgreSQL refuses U+0000, and neither engine can encode half of a surrogate
    pair (a message cut between UTF-16 units): both carry no meaning, so they are dropped rather than the message."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or (value.isascii() and "\0" not in value):
            return value
        return value.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def json_column() -> JSON:
    """Python None becomes SQL NULL. Not JSONB: that one refuses U+0000 inside strings."""
    return JSON(none_as_null=True)


def dump_json(value: Any) -> str:
    """Readable Cyrillic; pure ASCII only when a lone surrogate could not be encoded otherwise."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
    return text
