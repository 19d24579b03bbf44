"""The knowledge base: the truth of which every index is a replica."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from services.domain.language import Language
from services.store.column_types import PersonText, enum_column, row_id
from services.store.metadata import metadata

documents = Table(
    "documents",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("source", PersonText, nullable=False),
    Column("title", PersonText, nullable=False),
    Column("type", String, nullable=False),
    Column("language", enum_column(Language), nullable=False),
    Column("content_hash", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("date", Date),
    Column("author", PersonText),
    UniqueConstraint("project_id", "source"),
    sqlite_autoincrement=True,  # an id given out again would make passage ids ambiguous in the indexes
)

passages = Table(
    "passages",
    metadata,
    Column("id", String, primary_key=True),
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("section", PersonText, nullable=False),
    Column("text", PersonText, nullable=False),
    Column("language", enum_column(Language), nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("change", BigInteger, nullable=False, unique=True),
    Index("ix_passages_project", "project_id", "id"),
)

passage_tombstones = Table(
    "passage_tombstones",
    metadata,
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    Column("passage_id", String, nullable=False),
)

passage_embeddings = Table(
    "passage_embeddings",
    metadata,
    Column("passage_id", ForeignKey("passages.id", ondelete="CASCADE"), primary_key=True),
    Column("model", PersonText, primary_key=True),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
