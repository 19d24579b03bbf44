"""Night runs: files of briefs, and their lines."""

from sqlalchemy import BigInteger, Column, Date, ForeignKey, Index, Integer, String, Table, UniqueConstraint, text

from services.domain.batch import BatchState, CancelReason, LineState
from services.domain.language import Language
from services.store.column_types import PersonText, UtcDateTime, enum_column, json_column, row_id
from services.store.metadata import metadata

AT_WORK = "state IN ('received', 'confirmed', 'uploaded', 'submitted')"

batches = Table(
    "batches",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("key", String, nullable=False, unique=True),
    Column("member_id", ForeignKey("members.id"), nullable=False),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("topic_id", BigInteger),
    Column("message_id", BigInteger),
    Column("file_name", PersonText, nullable=False),
    Column("language", enum_column(Language), nullable=False),
    Column("state", enum_column(BatchState), nullable=False),
    Column("version", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("skipped", json_column(), nullable=False),
    Column("screen_chat_id", BigInteger),
    Column("screen_topic_id", BigInteger),
    Column("screen_message_id", BigInteger),
    Column("prepared", Integer, nullable=False, server_default=text("0")),
    Column("provider", PersonText),
    Column("model", PersonText),
    Column("likely_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("most_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("now_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("budget_day", Date),  # by whose accounts it is paid
    Column("file_id", PersonText),  # at the provider; so is the next
    Column("provider_id", PersonText),
    Column("done", Integer, nullable=False, server_default=text("0")),
    Column("cancel_reason", enum_column(CancelReason)),
    Column("error_code", String),
    Column("created_at", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime),
    Column("finished_at", UtcDateTime),
    UniqueConstraint("chat_id", "message_id"),
    Index("ix_batches_at_work", "id", sqlite_where=text(AT_WORK), postgresql_where=text(AT_WORK)),
)

batch_lines = Table(
    "batch_lines",
    metadata,
    Column("batch_id", ForeignKey("batches.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("text", PersonText, nullable=False),
    Column("state", enum_column(LineState), nullable=False),
    Column("body", json_column()),  # until the batch is over
    Column("prompt_name", String),
    Column("prompt_version", String),
    Column("prompt_hash", String),
    Column("role", String),
    Column("passages", Integer, nullable=False, server_default=text("0")),
    Column("tokens_in", BigInteger, nullable=False, server_default=text("0")),
    Column("likely_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("most_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("now_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("draft", json_column()),
    Column("error_code", String),
    Column("call_id", ForeignKey("model_calls.id"), index=True),  # its row in the ledger
)
