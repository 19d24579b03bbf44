"""What people give to the knowledge base, from the message until it can be found."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from services.domain.language import Language
from services.domain.learning import LearningKind, LearningState
from services.store.column_types import PersonText, UtcDateTime, enum_column, json_column, row_id
from services.store.metadata import metadata

UNFINISHED = "state IN ('received', 'fetched', 'read')"
BEHIND = "shown_version < version"
NOT_WANTED = "file_key IS NOT NULL AND state IN ('unchanged', 'failed', 'cancelled')"
"""Originals that no document refers to."""

lessons = Table(
    "lessons",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("key", String, nullable=False, unique=True),  # an update that comes twice is one lesson
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("language", enum_column(Language), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic_id", BigInteger),
    Column("message_id", BigInteger),
    Column("screen_message_id", BigInteger),
    Column("version", Integer, nullable=False),
    Column("shown_version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_lessons_behind", "version", sqlite_where=text(BEHIND), postgresql_where=text(BEHIND)),
)

learnings = Table(
    "learnings",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("lesson_id", ForeignKey("lessons.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("position", BigInteger, nullable=False),
    Column("kind", enum_column(LearningKind), nullable=False),
    Column("place", PersonText, nullable=False),  # Telegram's file id, or the address
    Column("file_name", PersonText, nullable=False),
    Column("size_bytes", BigInteger),
    Column("note", PersonText),
    Column("state", enum_column(LearningState), nullable=False),
    Column("file_key", String),
    Column("document_ids", json_column()),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("start_at", UtcDateTime),
    Column("error_code", String),
    Column("error_facts", json_column()),
    Column("notes", json_column()),
    Column("finished_at", UtcDateTime),
    UniqueConstraint("lesson_id", "position"),
    Index(
        "ix_learnings_unfinished",
        "state",
        "start_at",
        sqlite_where=text(UNFINISHED),
        postgresql_where=text(UNFINISHED),
    ),
    Index("ix_learnings_not_wanted", "id", sqlite_where=text(NOT_WANTED), postgresql_where=text(NOT_WANTED)),
)
