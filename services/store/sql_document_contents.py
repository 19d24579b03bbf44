"""What is kept of a document beside its passages: its text, and what it was before."""

from collections.abc import Sequence

from sqlalchemy import delete, exists, select, union

from services.domain.document_history import DocumentContent, DocumentVersion
from services.domain.knowledge import Document
from services.store.sql_connection import SqlRepository
from services.store.tables import document_texts, document_versions, documents


class SqlDocumentContents(SqlRepository):
    async def put(self, document_id: int, content: DocumentContent | None) -> None:
        if content is None:
            await self._sql.run(delete(document_texts).where(document_texts.c.document_id == document_id))
            return
        values = {"text": content.text, "page_starts": list(content.page_starts)}
        await self._sql.run(
            self._sql.insert(document_texts)
            .values(document_id=document_id, **values)
            .on_conflict_do_update(index_elements=["document_id"], set_=values)
        )

    async def add_version(self, document: Document, member_id: int | None) -> None:
        await self._sql.run(
            self._sql.insert(document_versions).values(
                document_id=document.id,
                version=document.version,
                source=document.source,
                content_hash=document.content_hash,
                file_key=document.passport.file_key,
                size_bytes=document.passport.size_bytes,
                member_id=member_id,
                at=self._sql.now(),
            )
        )

    async def get(self, document_id: int) -> DocumentContent | None:
        row = await self._sql.row(
            select(document_texts, documents.c.sketch)
            .join(documents, documents.c.id == document_texts.c.document_id)
            .where(document_texts.c.document_id == document_id)
        )
        return DocumentContent(row.text, tuple(row.page_starts or ()), row.sketch) if row else None

    async def versions(self, document_id: int) -> Sequence[DocumentVersion]:
        query = select(document_versions).where(document_versions.c.document_id == document_id)
        return [
            DocumentVersion(
                version=row.version,
                source=row.source,
                content_hash=row.content_hash,
                file_key=row.file_key,
                size_bytes=row.size_bytes,
                member_id=row.member_id,
                at=row.at,
            )
            for row in await self._sql.rows(query.order_by(document_versions.c.version.desc()))
        ]

    async def own_files(self, document_id: int) -> Sequence[str]:
        past, present = document_versions.alias(), documents.alias()
        mine = union(
            select(document_versions.c.file_key).where(document_versions.c.document_id == document_id),
            select(documents.c.file_key).where(documents.c.id == document_id),
        ).subquery()
        needed = exists().where(past.c.file_key == mine.c.file_key, past.c.document_id != document_id)
        held = exists().where(present.c.file_key == mine.c.file_key, present.c.id != document_id)
        query = select(mine.c.file_key).where(mine.c.file_key.is_not(None), ~needed, ~held)
        return [row.file_key for row in await self._sql.rows(query.order_by(mine.c.file_key))]
