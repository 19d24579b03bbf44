"""Small durable facts by key."""

from typing import Any

from sqlalchemy import delete, select

from services.store.sql_connection import SqlRepository
from services.store.tables import notes


class SqlNotes(SqlRepository):
    async def get(self, key: str) -> dict[str, Any] | None:
        row = await self._sql.row(select(notes.c.value).where(notes.c.key == key))
        return row.value if row else None

    async def put(self, key: str, value: dict[str, Any]) -> None:
        values = {"value": value, "updated_at": self._sql.now()}
        await self._sql.run(
            self._sql.insert(notes).values(key=key, **values).on_conflict_do_update(index_elements=["key"], set_=values)
        )

    async def delete(self, key: str) -> bool:
        return await self._sql.run(delete(notes).where(notes.c.key == key)) == 1
