"""Documents and their passages."""

from collections.abc import Sequence

from sqlalchemy import delete, func, literal, select, update

from services.domain.knowledge import Document, Passage
from services.store.document_row import document_values, to_document
from services.store.document_standing import holds_on
from services.store.passage_changes import SqlPassageChanges
from services.store.passage_row import passage_query, to_passage
from services.store.ports import PassageChanges
from services.store.sql_connection import SqlRepository, chunks
from services.store.tables import documents, passage_embeddings, passages


class SqlDocuments(SqlRepository):
    async def by_source(self, project_id: int, source: str) -> Document | None:
        query = select(documents).where(documents.c.project_id == project_id, documents.c.source == source)
        row = await self._sql.row(query)
        return to_document(row) if row else None

    async def list(self, project_id: int) -> Sequence[Document]:
        query = select(documents).where(documents.c.project_id == project_id).order_by(documents.c.source)
        return [to_document(row) for row in await self._sql.rows(query)]

    async def put(self, document: Document, passages: Sequence[Passage]) -> Document:
        changes = SqlPassageChanges(self._sql)
        await changes.lock()
        written = await self._write_document(document)
        await changes.bury(written.id)
        await changes.write(written, passages)
        return written

    async def delete(self, document_id: int) -> None:
        changes = SqlPassageChanges(self._sql)
        await changes.lock()
        await changes.bury(document_id)
        await self._sql.run(delete(documents).where(documents.c.id == document_id))

    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        found: dict[str, Passage] = {}
        holds = holds_on(self._sql.now().date())
        for batch in chunks(ids):
            for row in await self._sql.rows(passage_query().where(passages.c.id.in_(batch), holds)):
                found[row.id] = to_passage(row)
        return [found[passage_id] for passage_id in ids if passage_id in found]

    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        query = passage_query().where(passages.c.project_id == project_id, passages.c.id > after_id)
        return [to_passage(row) for row in await self._sql.rows(query.order_by(passages.c.id).limit(limit))]

    async def count_passages(self, project_id: int) -> int:
        query = select(func.count().label("total")).where(passages.c.project_id == project_id)
        return int((await self._sql.the_row(query)).total)

    async def changes_since(self, change: int, limit: int = 1000) -> PassageChanges:
        return await SqlPassageChanges(self._sql).since(change, limit)

    async def unembedded(self, project_id: int, model: str, limit: int = 256) -> Sequence[Passage]:
        confirmed = select(passage_embeddings.c.passage_id).where(
            passage_embeddings.c.passage_id == passages.c.id, passage_embeddings.c.model == model
        )
        query = (
            passage_query()
            .where(passages.c.project_id == project_id, ~confirmed.exists())
            .order_by(passages.c.id)
            .limit(limit)
        )
        return [to_passage(row) for row in await self._sql.rows(query)]

    async def mark_embedded(self, ids: Sequence[str], model: str) -> None:
        for batch in chunks(ids):
            # SELECT … FOR KEY SHARE: passages replaced while their vectors were made are passed over.
            still_there = select(passages.c.id, literal(model)).where(passages.c.id.in_(batch))
            await self._sql.run(
                self._sql.insert(passage_embeddings)
                .from_select(["passage_id", "model"], still_there.with_for_update(read=True, key_share=True))
                .on_conflict_do_nothing()
            )

    async def _write_document(self, document: Document) -> Document:
        values = document_values(document)
        next_version = {**values, "version": documents.c.version + 1}
        row = None
        if document.id:
            changed = update(documents).where(documents.c.id == document.id).values(next_version).returning(documents)
            row = await self._sql.row(changed)
        if row is None:
            row = await self._sql.the_row(
                self._sql.insert(documents)
                .values(version=1, **values)
                .on_conflict_do_update(index_elements=["project_id", "source"], set_=next_version)
                .returning(documents)
            )
        return to_document(row)
