"""The journal of passages: a number for each one written or deleted, growing through the whole store.

Replicas ask "what came after number N", so a smaller number must never become visible after a larger one. A database
sequence does not promise that: it hands out numbers before the transactions commit. The counter here is a row, held
locked from the first number taken until the commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, literal, select, union_all, update

from services.domain.knowledge import Document, Passage
from services.store.passage_row import passage_query, to_passage
from services.store.ports import PassageChanges
from services.store.sql_connection import SqlRepository, chunks
from services.store.tables import counters, passage_tombstones, passages

COUNTER = "passage_change"


@dataclass(frozen=True, slots=True)
class Buried:
    passage_ids: tuple[str, ...]
    text_hashes: tuple[str, ...]


class SqlPassageChanges(SqlRepository):
    async def lock(self) -> None:
        """First of all locks: a writer of two documents cannot deadlock with another one."""
        await self._take(0)

    async def bury(self, document_id: int) -> "Buried":
        """Delete the document's passages, leaving tombstones."""
        deleted = await self._sql.rows(
            delete(passages).where(passages.c.document_id == document_id).returning(passages.c.id, passages.c.text_hash)
        )
        if deleted:
            first = await self._take(len(deleted))
            await self._sql.run(
                self._sql.insert(passage_tombstones),
                [{"change": first + offset, "passage_id": row.id} for offset, row in enumerate(deleted)],
            )
        hashes = {row.text_hash for row in deleted if row.text_hash}
        return Buried(tuple(row.id for row in deleted), tuple(sorted(hashes)))

    async def write(self, document: Document, new: Sequence[Passage]) -> None:
        if not new:
            return
        first = await self._take(len(new))
        await self._sql.run(
            self._sql.insert(passages),
            [
                {
                    "id": f"{document.id}:{document.version}:{passage.position}",
                    "document_id": document.id,
                    "project_id": document.project_id,
                    "position": passage.position,
                    "section": passage.section,
                    "text": passage.text,
                    "language": passage.language,
                    "start": passage.start,
                    "end": passage.end,
                    "page": passage.page,
                    "last_page": passage.last_page,
                    "text_hash": passage.text_hash,
                    "change": first + offset,
                }
                for offset, passage in enumerate(new)
            ],
        )

    async def renumber(self, project_id: int) -> int:
        """As if all its passages had been written just now, in their order: every replica writes them anew."""
        count = select(func.count().label("total")).where(passages.c.project_id == project_id)
        total = int((await self._sql.the_row(count)).total)
        if not total:
            return 0
        first = await self._take(total)
        order = func.row_number().over(order_by=passages.c.change)
        places = select(passages.c.id, order.label("place")).where(passages.c.project_id == project_id).subquery()
        moved = update(passages).where(passages.c.id == places.c.id).values(change=first - 1 + places.c.place)
        return await self._sql.run(moved)

    async def since(self, change: int, limit: int) -> PassageChanges:
        # One statement, hence one snapshot: a change between two queries could otherwise be skipped for ever.
        journal = (
            union_all(
                select(passages.c.change, passages.c.id.label("passage_id"), literal(False).label("deleted")).where(
                    passages.c.change > change
                ),
                select(passage_tombstones.c.change, passage_tombstones.c.passage_id, literal(True)).where(
                    passage_tombstones.c.change > change
                ),
            )
            .order_by("change")
            .limit(limit)
        )
        entries = await self._sql.rows(journal)
        written: list[Passage] = []
        for batch in chunks(entry.passage_id for entry in entries if not entry.deleted):
            rows = await self._sql.rows(passage_query().where(passages.c.id.in_(batch)).order_by(passages.c.change))
            written += [to_passage(row) for row in rows]
        return PassageChanges(
            written=tuple(written),
            deleted=tuple(entry.passage_id for entry in entries if entry.deleted),
            last_change=entries[-1].change if entries else change,
        )

    async def _take(self, count: int) -> int:
        """The first of `count` new numbers."""
        row = await self._sql.the_row(
            self._sql.insert(counters)
            .values(name=COUNTER, value=count)
            .on_conflict_do_update(index_elements=["name"], set_={"value": counters.c.value + count})
            .returning(counters.c.value)
        )
        return int(row.value) - count + 1
