"""A document with its passport as a row, and back."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from services.domain.knowledge import Document
from services.domain.passport import DocumentFlag, Passport
from services.store.tables import documents

DOCUMENT_COLUMNS = tuple(column for column in documents.c if column.name != "sketch")
"""A list of documents does not carry a kilobyte of hashes for each."""

_OWN = (
    "project_id",
    "source",
    "title",
    "type",
    "language",
    "content_hash",
    "date",
    "author",
    "format",
    "pages",
    "chunking",
)
_PASSPORT = tuple(field.name for field in fields(Passport) if field.name != "flags")


def document_values(document: Document) -> dict[str, Any]:
    """Without id and version: the store gives them."""
    own = {name: getattr(document, name) for name in _OWN}
    return {**own, **passport_values(document.passport)}


def passport_values(passport: Passport) -> dict[str, Any]:
    values = {name: getattr(passport, name) for name in _PASSPORT}
    return {**values, "flags": [flag.value for flag in passport.flags]}


def to_document(row: Row[Any]) -> Document:
    facts = row._mapping
    passport = Passport(
        **{name: facts[name] for name in _PASSPORT}, flags=tuple(DocumentFlag(flag) for flag in row.flags or ())
    )
    return Document(id=row.id, version=row.version, passport=passport, **{name: facts[name] for name in _OWN})
