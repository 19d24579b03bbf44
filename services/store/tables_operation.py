"""What keeps the processes honest: ledger of model calls, inbox, outbox, audit, notes."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    text,
)

from services.domain.broadcast import Audience, BroadcastState
from services.domain.delivery import DeliveryKind, DeliveryState
from services.domain.usage import CallOutcome
from services.store.column_types import PersonText, UtcDateTime, enum_column, json_column, row_id
from services.store.metadata import metadata

STARTED = "outcome = 'started'"

model_calls = Table(
    "model_calls",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("task", String, nullable=False),
    Column("project_id", ForeignKey("projects.id")),
    Column("member_id", ForeignKey("members.id")),
    Column("brief_id", ForeignKey("briefs.id")),
    Column("generation_id", ForeignKey("generations.id"), index=True),
    Column("recording_id", ForeignKey("recordings.id"), index=True),
    Column("lease_token", Integer),  # of the run that called: tells the calls of a dead run from those of its heir
    Column("chat_id", BigInteger),
    Column("role", String),
    Column("provider", PersonText, nullable=False),
    Column("model", PersonText, nullable=False),
    Column("prompt_name", String),
    Column("prompt_version", String),
    Column("prompt_hash", String),
    Column("outcome", enum_column(CallOutcome), nullable=False),
    Column("tokens_in", BigInteger, nullable=False, server_default=text("0")),
    Column("tokens_cached", BigInteger, nullable=False, server_default=text("0")),
    Column("tokens_out", BigInteger, nullable=False, server_default=text("0")),
    Column("tokens_audio", BigInteger, nullable=False, server_default=text("0")),
    Column("audio_ms", BigInteger, nullable=False, server_default=text("0")),
    Column("characters", BigInteger, nullable=False, server_default=text("0")),
    Column("usage_estimated", Boolean, nullable=False),
    Column("cost_microusd", BigInteger),
    Column("reserved_microusd", BigInteger),  # until it is settled
    Column("counted_microusd", BigInteger),  # by the budgets: its cost, or an assumption where the price is unknown
    Column("owner", String),  # the process: when it is known to be dead, nobody will settle the call
    Column("budget_day", Date),  # the day by whose accounts it is paid
    Column("price", json_column()),  # US dollars a unit, as they were then
    Column("cache", String),  # what answered instead of the model
    Column("saved_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("routing_saved_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("latency_ms", Integer),
    Column("first_token_ms", Integer),
    Column("finish_reason", PersonText),
    Column("error_code", String),
    Column("started_at", UtcDateTime, nullable=False, index=True),
    Column("finished_at", UtcDateTime),
    Index("ix_model_calls_member", "member_id", "started_at"),
    # The few that are under way, or that nobody settled, out of a growing ledger.
    Index(
        "ix_model_calls_started",
        "started_at",
        sqlite_where=text(STARTED),
        postgresql_where=text(STARTED),
    ),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("kind", enum_column(DeliveryKind), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic_id", BigInteger),
    Column("message_id", BigInteger),
    Column("payload", json_column(), nullable=False),
    Column("state", enum_column(DeliveryState), nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("not_before", UtcDateTime),
    Column("claimed_at", UtcDateTime),
    Column("left_at", UtcDateTime),  # the request of the present attempt left: from here on the outcome may be unknown
    Column("sent_message_id", BigInteger),
    Column("broadcast_id", ForeignKey("broadcasts.id")),
    Column("error_code", String),
    Column("created_at", UtcDateTime, nullable=False),
    Column("settled_at", UtcDateTime),  # when its state became final
    Column("reported_at", UtcDateTime),  # administrators were told that it did not arrive
    Index("ix_deliveries_chat", "chat_id", "state", "id"),
    Index("ix_deliveries_broadcast", "broadcast_id", "state"),
)

broadcasts = Table(
    "broadcasts",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("author_id", ForeignKey("members.id"), nullable=False),
    Column("source_chat_id", BigInteger, nullable=False),
    Column("source_message_id", BigInteger, nullable=False),
    Column("audience", enum_column(Audience), nullable=False),
    Column("state", enum_column(BroadcastState), nullable=False, index=True),
    Column("total", Integer, nullable=False),
    Column("progress_chat_id", BigInteger),
    Column("progress_message_id", BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("lane", BigInteger, nullable=False),
    Column("body", PersonText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("owner", PersonText),  # the process that handles it, until its lease runs out
    Column("lease_until", UtcDateTime),
    Column("error_code", String),
    Column("received_at", UtcDateTime, nullable=False),
    Column("done_at", UtcDateTime, index=True),
    UniqueConstraint("bot_id", "update_id"),
    Index(
        "ix_inbox_pending",
        "bot_id",
        "id",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    # What waits in one lane: a chat's updates are handled in order by whichever process has the first of them.
    Index(
        "ix_inbox_lane",
        "bot_id",
        "lane",
        "id",
        sqlite_where=text("done_at IS NULL"),
        postgresql_where=text("done_at IS NULL"),
    ),
    sqlite_autoincrement=True,  # a reader continues after the last row id it saw
)

audit = Table(
    "audit",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("event", String, nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("facts", json_column(), nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("key", String, primary_key=True),
    Column("value", json_column(), nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

job_leases = Table(
    "job_leases",
    metadata,
    Column("name", String, primary_key=True),
    Column("owner", PersonText),
    Column("token", BigInteger, nullable=False),  # fencing: grows each time the lease is taken
    Column("until", UtcDateTime),
)
