"""The knowledge base: the truth of which every index is a replica."""

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from services.domain.language import Language
from services.domain.passport import DocumentOrigin
from services.store.column_types import PersonText, UtcDateTime, enum_column, json_column, row_id
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
    Column("format", String, nullable=False, server_default="text"),
    Column("origin", enum_column(DocumentOrigin), nullable=False, server_default=DocumentOrigin.FOLDER.value),
    Column("url", PersonText),
    Column("file_key", String),  # the original in the file store; none: it lies in a folder, or is written by Muza
    Column("file_hash", String),
    Column("size_bytes", BigInteger),
    Column("pages", Integer),
    Column("owner_id", row_id()),
    Column("note", PersonText),
    Column("valid_from", Date),
    Column("valid_until", Date),
    Column("refresh_days", Integer),
    Column("added_at", UtcDateTime),
    Column("updated_at", UtcDateTime),
    Column("checked_at", UtcDateTime),  # it was new, or somebody said that it still holds
    Column("chunking", String, nullable=False, server_default="whole"),  # the rules by which it was cut
    Column("sketch", LargeBinary),  # see `near_duplicates.py`
    Column("flags", json_column()),
    Index("ix_documents_content", "project_id", "content_hash"),
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
    Column("page", Integer),
    Column("last_page", Integer),
    Column("text_hash", String),  # of what is embedded; null: written before vectors were kept by their text
    Column("change", BigInteger, nullable=False, unique=True),
    Index("ix_passages_project", "project_id", "id"),
    Index("ix_passages_text_hash", "text_hash"),
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

document_texts = Table(
    "document_texts",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("text", PersonText, nullable=False),
    Column("page_starts", json_column()),
)

document_versions = Table(
    "document_versions",
    metadata,
    Column("document_id", ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("source", PersonText, nullable=False),
    Column("content_hash", String, nullable=False),
    Column("file_key", String),
    Column("size_bytes", BigInteger),
    Column("member_id", row_id()),
    Column("at", UtcDateTime, nullable=False),
)

kept_vectors = Table(
    "kept_vectors",
    metadata,
    Column("model", PersonText, primary_key=True),
    Column("text_hash", String, primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # float32, little-endian
    Index("ix_kept_vectors_text_hash", "text_hash"),
)

chunk_rules = Table(
    "chunk_rules",
    metadata,
    Column("project_id", ForeignKey("projects.id"), primary_key=True),
    Column("type", String, primary_key=True),  # empty: of all documents without a rule of their own
    Column("target_tokens", Integer, nullable=False),
    Column("limit_tokens", Integer, nullable=False),
    Column("overlap_percent", Integer, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
