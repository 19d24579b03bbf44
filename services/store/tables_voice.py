"""Recordings and what was heard in them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from services.domain.language import Language
from services.domain.recording import RecordingKind, RecordingState
from services.store.column_types import PersonText, UtcDateTime, enum_column, json_column, row_id
from services.store.metadata import metadata

UNFINISHED = "state IN ('received', 'fetched', 'prepared', 'transcribed', 'waiting')"
KEPT = "file_key IS NOT NULL"
BEHIND = "shown_version < version"

recordings = Table(
    "recordings",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic_id", BigInteger),
    Column("message_id", BigInteger),
    Column("kind", enum_column(RecordingKind), nullable=False),
    Column("state", enum_column(RecordingState), nullable=False),
    Column("version", Integer, nullable=False),
    Column("shown_version", Integer, nullable=False),
    Column("language", enum_column(Language), nullable=False),
    Column("file_id", String, nullable=False),
    Column("file_name", PersonText),
    Column("mime_type", String),
    Column("size_bytes", BigInteger),
    Column("duration_ms", BigInteger),
    Column("is_long", Boolean, nullable=False),
    Column("request", json_column(), nullable=False),
    Column("screen_chat_id", BigInteger),
    Column("screen_topic_id", BigInteger),
    Column("screen_message_id", BigInteger),
    Column("file_key", String),
    Column("pieces", Integer),
    Column("text", PersonText, nullable=False),
    Column("is_corrected", Boolean, nullable=False),
    Column("heard_language", String),
    Column("confidence", Float),
    Column("intent", json_column()),
    Column("start_at", UtcDateTime),
    Column("minutes", json_column()),
    Column("document_id", ForeignKey("documents.id", ondelete="SET NULL"), index=True),
    Column("error_code", String),
    Column("error_facts", json_column(), nullable=False),
    Column("failed_in", enum_column(RecordingState)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("finished_at", UtcDateTime),
    UniqueConstraint("chat_id", "message_id"),
    Index("ix_recordings_screen", "screen_chat_id", "screen_message_id"),
    # The few that somebody works on, or has to draw, out of a growing history.
    Index(
        "ix_recordings_unfinished",
        "state",
        "start_at",
        sqlite_where=text(UNFINISHED),
        postgresql_where=text(UNFINISHED),
    ),
    Index("ix_recordings_behind", "version", sqlite_where=text(BEHIND), postgresql_where=text(BEHIND)),
    Index("ix_recordings_kept", "created_at", sqlite_where=text(KEPT), postgresql_where=text(KEPT)),
)

recording_pieces = Table(
    "recording_pieces",
    metadata,
    Column("recording_id", ForeignKey("recordings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("start_ms", BigInteger, nullable=False),
    Column("end_ms", BigInteger, nullable=False),
    Column("file_key", String, nullable=False),
    Column("transcript", json_column()),
    Column("heard_at", UtcDateTime),
)

recording_digests = Table(
    "recording_digests",
    metadata,
    Column("recording_id", ForeignKey("recordings.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", json_column(), nullable=False),
)
