"""A passage as a row, and back. Title and source belong to its document."""

from typing import Any

from sqlalchemy import Row, Select, select

from services.domain.knowledge import Passage
from services.store.tables import documents, passages


def passage_query() -> Select[Any]:
    return select(passages, documents.c.title, documents.c.source).join(
        documents, documents.c.id == passages.c.document_id
    )


def to_passage(row: Row[Any]) -> Passage:
    return Passage(
        id=row.id,
        document_id=row.document_id,
        project_id=row.project_id,
        position=row.position,
        section=row.section,
        text=row.text,
        language=row.language,
        start=row.start,
        end=row.end,
        title=row.title,
        source=row.source,
        page=row.page,
        last_page=row.last_page,
        text_hash=row.text_hash,
        change=row.change,
    )
