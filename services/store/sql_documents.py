"""Documents and their passages."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, exists, func, literal, select, update

from services.domain.document_history import DocumentContent, DocumentVersion
from services.domain.knowledge import Document, Passage
from services.domain.passport import Passport
from services.store.document_row import DOCUMENT_COLUMNS, document_values, passport_values, to_document
from services.store.document_standing import holds_on
from services.store.passage_changes import SqlPassageChanges
from services.store.passage_row import passage_query, to_passage
from services.store.ports import PassageChanges
from services.store.sql_connection import SqlRepository, chunks
from services.store.sql_document_contents import SqlDocumentContents
from services.store.sql_known_vectors import SqlKnownVectors
from services.store.tables import documents, passage_embeddings, passages


class SqlDocuments(SqlRepository):
    async def get(self, document_id: int) -> Document | None:
        return next(iter(await self._documents(documents.c.id == document_id)), None)

    async def by_source(self, project_id: int, source: str) -> Document | None:
        mine = (documents.c.project_id == project_id) & (documents.c.source == source)
        return next(iter(await self._documents(mine)), None)

    async def by_content(self, project_id: int, content_hash: str) -> Sequence[Document]:
        mine = (documents.c.project_id == project_id) & (documents.c.content_hash == content_hash)
        return sorted(await self._documents(mine), key=lambda document: document.id)

    async def list(self, project_id: int) -> Sequence[Document]:
        return await self._documents(documents.c.project_id == project_id)

    async def put(
        self, document: Document, passages: Sequence[Passage], content: DocumentContent | None = None
    ) -> Document:
        changes = SqlPassageChanges(self._sql)
        await changes.lock()
        written = await self._write_document(document, content)
        await self._replace_passages(written, passages)
        contents = SqlDocumentContents(self._sql)
        await contents.put(written.id, content)
        await contents.add_version(written, content.member_id if content else None)
        return written

    async def recut(self, document: Document, passages: Sequence[Passage], content: DocumentContent) -> Document | None:
        await SqlPassageChanges(self._sql).lock()
        row = await self._sql.row(
            update(documents)
            .where(documents.c.id == document.id, documents.c.version == document.version)
            .values(version=documents.c.version + 1, chunking=document.chunking, sketch=content.sketch)
            .returning(*DOCUMENT_COLUMNS)
        )
        if row is None:
            return None
        written = to_document(row)
        await self._replace_passages(written, passages)
        await SqlDocumentContents(self._sql).put(written.id, content)
        return written

    async def rename(self, document_id: int, source: str) -> Document | None:
        other = documents.alias()
        taken = exists().where(other.c.project_id == documents.c.project_id, other.c.source == source)
        row = await self._sql.row(
            update(documents)
            .where(documents.c.id == document_id, ~taken)
            .values(source=source, updated_at=self._sql.now())
            .returning(*DOCUMENT_COLUMNS)
        )
        return to_document(row) if row else None

    async def set_passport(self, document_id: int, passport: Passport) -> Document | None:
        row = await self._sql.row(
            update(documents)
            .where(documents.c.id == document_id)
            .values(passport_values(passport))
            .returning(*DOCUMENT_COLUMNS)
        )
        return to_document(row) if row else None

    async def delete(self, document_id: int) -> Sequence[str]:
        changes = SqlPassageChanges(self._sql)
        await changes.lock()
        buried = await changes.bury(document_id)
        await self._sql.run(delete(documents).where(documents.c.id == document_id))
        await SqlKnownVectors(self._sql).drop_unneeded(buried.text_hashes)
        return buried.passage_ids

    async def content(self, document_id: int) -> DocumentContent | None:
        return await SqlDocumentContents(self._sql).get(document_id)

    async def versions(self, document_id: int) -> Sequence[DocumentVersion]:
        return await SqlDocumentContents(self._sql).versions(document_id)

    async def own_files(self, document_id: int) -> Sequence[str]:
        return await SqlDocumentContents(self._sql).own_files(document_id)

    async def sketches(self, project_id: int) -> Mapping[int, bytes]:
        mine = (documents.c.project_id == project_id) & documents.c.sketch.is_not(None)
        rows = await self._sql.rows(select(documents.c.id, documents.c.sketch).where(mine))
        return {row.id: row.sketch for row in rows}

    async def passages(self, ids: Sequence[str]) -> Sequence[Passage]:
        found: dict[str, Passage] = {}
        holds = holds_on(self._sql.now().date())
        for batch in chunks(ids):
            for row in await self._sql.rows(passage_query().where(passages.c.id.in_(batch), holds)):
                found[row.id] = to_passage(row)
        return [found[passage_id] for passage_id in ids if passage_id in found]

    async def passages_of(self, document_id: int) -> Sequence[Passage]:
        query = passage_query().where(passages.c.document_id == document_id).order_by(passages.c.position)
        return [to_passage(row) for row in await self._sql.rows(query)]

    async def passage_ids(self, document_id: int) -> Sequence[str]:
        query = select(passages.c.id).where(passages.c.document_id == document_id).order_by(passages.c.position)
        return [row.id for row in await self._sql.rows(query)]

    async def all_passages(self, project_id: int, after_id: str = "", limit: int = 500) -> Sequence[Passage]:
        query = passage_query().where(passages.c.project_id == project_id, passages.c.id > after_id)
        return [to_passage(row) for row in await self._sql.rows(query.order_by(passages.c.id).limit(limit))]

    async def count_passages(self, project_id: int) -> int:
        query = select(func.count().label("total")).where(passages.c.project_id == project_id)
        return int((await self._sql.the_row(query)).total)

    async def journal_anew(self, project_id: int) -> int:
        changes = SqlPassageChanges(self._sql)
        await changes.lock()
        return await changes.renumber(project_id)

    async def changes_since(self, change: int, limit: int = 1000) -> PassageChanges:
        return await SqlPassageChanges(self._sql).since(change, limit)

    async def unembedded(self, project_id: int, model: str, limit: int = 256, after_id: str = "") -> Sequence[Passage]:
        confirmed = select(passage_embeddings.c.passage_id).where(
            passage_embeddings.c.passage_id == passages.c.id, passage_embeddings.c.model == model
        )
        query = (
            passage_query()
            .where(passages.c.project_id == project_id, passages.c.id > after_id, ~confirmed.exists())
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

    async def _documents(self, which: ColumnElement[bool]) -> Sequence[Document]:
        rows: Sequence[Row[Any]] = await self._sql.rows(
            select(*DOCUMENT_COLUMNS).where(which).order_by(documents.c.source)
        )
        return [to_document(row) for row in rows]

    async def _replace_passages(self, document: Document, new: Sequence[Passage]) -> None:
        changes = SqlPassageChanges(self._sql)
        buried = await changes.bury(document.id)
        await changes.write(document, new)
        await SqlKnownVectors(self._sql).drop_unneeded(buried.text_hashes)

    async def _write_document(self, document: Document, content: DocumentContent | None) -> Document:
        now = self._sql.now()
        values = {
            **document_values(document),
            "sketch": content.sketch if content else None,
            "added_at": document.passport.added_at or now,
            "updated_at": now,
            "checked_at": now,
        }
        next_version = {name: value for name, value in values.items() if name != "added_at"}
        next_version["version"] = documents.c.version + 1
        row = None
        if document.id:
            changed = update(documents).where(documents.c.id == document.id).values(next_version)
            row = await self._sql.row(changed.returning(*DOCUMENT_COLUMNS))
        if row is None:
            row = await self._sql.the_row(
                self._sql.insert(documents)
                .values(version=1, **values)
                .on_conflict_do_update(index_elements=["project_id", "source"], set_=next_version)
                .returning(*DOCUMENT_COLUMNS)
            )
        return to_document(row)
