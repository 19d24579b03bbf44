"""Tables as a backup carries them: columns by name and kind, so that a row of one engine, or of an older schema, can be
written into another."""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, DateTime, Float, Integer, LargeBinary, String, Text
from sqlalchemy.sql import TableClause, column, table
from sqlalchemy.types import TypeDecorator, TypeEngine

from services.domain.archive import ColumnKind, TableShape
from services.store.column_types import UtcDateTime, json_column
from services.store.tables import metadata

LEFT_OUT = frozenset({"passage_embeddings"})
"""Which vectors lie in a vector store that the backup does not hold: they are put there anew, from `kept_vectors`."""
_KINDS: tuple[tuple[type[TypeEngine[Any]], ColumnKind], ...] = (
    (Boolean, ColumnKind.FLAG),
    (Integer, ColumnKind.WHOLE),
    (Float, ColumnKind.NUMBER),
    (DateTime, ColumnKind.MOMENT),
    (Date, ColumnKind.DAY),
    (LargeBinary, ColumnKind.BYTES),
    (String, ColumnKind.TEXT),
    (JSON, ColumnKind.JSON),
)


def shapes() -> tuple[TableShape, ...]:
    """Of all tables, those that are referred to before those that refer to them."""
    return tuple(
        TableShape(one.name, tuple((each.name, kind_of(each)) for each in one.columns))
        for one in metadata.sorted_tables
        if one.name not in LEFT_OUT
    )


def kind_of(one: Column[Any]) -> ColumnKind:
    plain = one.type.impl_instance if isinstance(one.type, TypeDecorator) else one.type
    return next(kind for type_, kind in _KINDS if isinstance(plain, type_))


def clause_of(shape: TableShape) -> TableClause:
    """For writing the rows: nothing but names and neutral types."""
    return table(shape.name, *(column(name, _type_of(kind)) for name, kind in shape.columns))


def _type_of(kind: ColumnKind) -> TypeEngine[Any]:
    types: dict[ColumnKind, TypeEngine[Any]] = {
        ColumnKind.FLAG: Boolean(),
        ColumnKind.WHOLE: BigInteger(),
        ColumnKind.NUMBER: Float(),
        ColumnKind.MOMENT: UtcDateTime(),
        ColumnKind.DAY: Date(),
        ColumnKind.BYTES: LargeBinary(),
        ColumnKind.TEXT: Text(),
        ColumnKind.JSON: json_column(),
    }
    return types[kind]


def to_plain(values: Sequence[Any], kinds: Sequence[ColumnKind]) -> list[Any]:
    """A row as JSON has it."""
    return [None if value is None else _plain(value, kind) for value, kind in zip(values, kinds, strict=True)]


def from_plain(values: Sequence[Any], kinds: Sequence[ColumnKind]) -> list[Any]:
    """Raises ValueError when there are more or fewer values than columns, or a value of another kind."""
    return [None if value is None else _typed(value, kind) for value, kind in zip(values, kinds, strict=True)]


def _plain(value: Any, kind: ColumnKind) -> Any:
    if kind is ColumnKind.TEXT:
        return str(value)
    if kind in (ColumnKind.DAY, ColumnKind.MOMENT):
        return value.isoformat()
    if kind is ColumnKind.BYTES:
        return b64encode(value).decode("ascii")
    return value


def _typed(value: Any, kind: ColumnKind) -> Any:
    if kind is ColumnKind.MOMENT:
        return datetime.fromisoformat(value)
    if kind is ColumnKind.DAY:
        return date.fromisoformat(value)
    if kind is ColumnKind.BYTES:
        return b64decode(value, validate=True)
    return value
