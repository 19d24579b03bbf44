"""What was asked, what was written, what people decided."""

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

from services.domain.brief import Task
from services.domain.generation import Chip, GenerationState
from services.domain.language import Language
from services.domain.review import Verdict
from services.store.column_types import PersonText, UtcDateTime, enum_column, json_column, row_id
from services.store.metadata import metadata

briefs = Table(
    "briefs",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("task", enum_column(Task), nullable=False),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic_id", BigInteger),
    Column("message_id", BigInteger),
    Column("text", PersonText, nullable=False),
    Column("material", PersonText),  # quoted or forwarded: data, not orders
    Column("revision", Integer, nullable=False, server_default=text("1")),
    Column("language", enum_column(Language), nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),  # numbers given out so far
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("chat_id", "message_id", "task"),
)

brief_revisions = Table(
    "brief_revisions",
    metadata,
    Column("brief_id", ForeignKey("briefs.id"), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("text", PersonText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

UNDELIVERED = (
    "delivered_at IS NULL AND state IN ('in_review', 'answered', 'failed', 'stopped', 'approved',"
    " 'changes_requested', 'rejected', 'expired')"
)

generations = Table(
    "generations",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("brief_id", ForeignKey("briefs.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("brief_revision", Integer, nullable=False, server_default=text("1")),
    Column("state", enum_column(GenerationState), nullable=False),
    Column("version", Integer, nullable=False),
    Column("requested_by", ForeignKey("members.id"), nullable=False),
    Column("parent_id", ForeignKey("generations.id")),
    Column("chip", enum_column(Chip)),
    Column("instruction", PersonText, nullable=False),
    Column("reply_to_chat_id", BigInteger),
    Column("reply_to_topic_id", BigInteger),
    Column("reply_to_message_id", BigInteger),
    Column("placeholder_chat_id", BigInteger),
    Column("placeholder_topic_id", BigInteger),
    Column("placeholder_message_id", BigInteger),
    Column("continuation", json_column()),  # ids of the further messages of a long final, in order
    Column("draft", json_column()),
    Column("text", PersonText, nullable=False),
    Column("text_complete", Boolean, nullable=False),
    Column("model", PersonText),
    Column("parameters", json_column(), nullable=False),
    Column("prompt_name", String),
    Column("prompt_version", String),
    Column("prompt_hash", String),
    Column("usage", json_column()),
    Column("error_code", String),
    Column("error_facts", json_column()),  # for the sentence that tells it
    Column("lease_owner", PersonText),
    Column("lease_token", Integer, nullable=False),
    Column("lease_until", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("queued_at", UtcDateTime),  # since when it waits, or waited, for its turn; a Retry waits anew
    Column("started_at", UtcDateTime, index=True),  # its last turn; grows from turn to turn
    Column("finished_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),  # when the end of the run was on the person's screen
    Column("reminders", Integer, nullable=False, server_default=text("0")),
    Column("reminded_at", UtcDateTime),
    UniqueConstraint("brief_id", "number"),
    Index("ix_generations_placeholder", "placeholder_chat_id", "placeholder_message_id"),
    Index("ix_generations_requested_by", "requested_by"),
    Index("ix_generations_state", "state", "lease_until"),
    # A handful of rows out of a growing history.
    Index(
        "ix_generations_undelivered",
        "finished_at",
        sqlite_where=text(UNDELIVERED),
        postgresql_where=text(UNDELIVERED),
    ),
)

admissions = Table(
    "admissions",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index("ix_admissions_member", "member_id", "at"),
)

passages_used = Table(
    "passages_used",
    metadata,
    Column("generation_id", ForeignKey("generations.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("score", Float, nullable=False),
    Column("legs", json_column(), nullable=False),
    # A copy: the document may be rewritten, the attempt still stands on what it was shown.
    Column("passage", json_column(), nullable=False),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("generation_id", ForeignKey("generations.id"), nullable=False, index=True),
    Column("generation_version", Integer, nullable=False),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("verdict", enum_column(Verdict), nullable=False),
    Column("comment", PersonText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

review_requests = Table(
    "review_requests",
    metadata,
    Column("generation_id", ForeignKey("generations.id"), primary_key=True),
    Column("member_id", ForeignKey("members.id"), primary_key=True),  # who is asked to decide, in private
    Column("asked_by", ForeignKey("members.id")),  # nobody: Muza herself, when those who were asked did not answer
    Column("created_at", UtcDateTime, nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic_id", BigInteger),
    Column("message_id", BigInteger),
    Column("role", String, nullable=False),
    Column("content", PersonText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("generation_id", ForeignKey("generations.id")),
    Index("ix_turns_place", "chat_id", "topic_id", "id"),
)
