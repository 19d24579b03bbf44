"""What was searched for, what was found, and what people thought of it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from services.domain.language import Language
from services.store.column_types import PersonText, UtcDateTime, enum_column, json_column, row_id
from services.store.metadata import metadata

searches = Table(
    "searches",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("generation_id", ForeignKey("generations.id"), index=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("query", PersonText, nullable=False),
    Column("translated", PersonText),
    Column("filters", json_column()),
    Column("found", json_column(), nullable=False),  # best first: passage id, fused score, ranks by leg
    Column("degraded", String),
    Column("latency_ms", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_searches_at", "at"),
)

translations = Table(
    "translations",
    metadata,
    Column("text_hash", String, primary_key=True),  # of what was asked, lower case
    Column("language", enum_column(Language), primary_key=True),  # into which
    Column("text", PersonText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

answer_marks = Table(
    "answer_marks",
    metadata,
    Column("generation_id", ForeignKey("generations.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),
    Column("mark", String, nullable=False),  # good | bad
    Column("at", UtcDateTime, nullable=False),
)

golden_questions = Table(
    "golden_questions",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("question", PersonText, nullable=False),
    Column("relevant", json_column(), nullable=False),  # sources; empty: it cannot be answered
    Column("generation_id", ForeignKey("generations.id")),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "question"),
)
