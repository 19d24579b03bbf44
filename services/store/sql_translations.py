"""Questions in the other language, as a model put them."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, select

from services.domain.language import Language
from services.store.sql_connection import SqlRepository
from services.store.tables import translations


class SqlTranslations(SqlRepository):
    async def get(self, query: str, into: Language) -> str | None:
        wanted = select(translations.c.text).where(
            translations.c.text_hash == _hash(query), translations.c.language == into
        )
        row = await self._sql.row(wanted)
        return row.text if row else None

    async def put(self, query: str, into: Language, text: str) -> None:
        values = {"text_hash": _hash(query), "language": into, "text": text, "at": self._sql.now()}
        # Two who ask at once: either translation will do.
        await self._sql.run(self._sql.insert(translations).values(**values).on_conflict_do_nothing())

    async def purge(self, before: datetime) -> int:
        return await self._sql.run(delete(translations).where(translations.c.at < before))


def _hash(query: str) -> str:
    return hashlib.sha256(" ".join(query.casefold().split()).encode()).hexdigest()
