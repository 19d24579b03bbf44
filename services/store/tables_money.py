"""Budgets, what was spent of them, and who was told."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, text

from services.domain.budget import BudgetPeriod, BudgetScope
from services.store.column_types import PersonText, UtcDateTime, enum_column
from services.store.metadata import metadata

budgets = Table(
    "budgets",
    metadata,
    Column("scope", enum_column(BudgetScope), primary_key=True),
    Column("scope_id", BigInteger, primary_key=True, autoincrement=False),
    Column("period", enum_column(BudgetPeriod), primary_key=True),
    Column("limit_microusd", BigInteger),  # none: this one has no limit, whatever the others of its kind have
    Column("is_hard", Boolean, nullable=False),
    Column("changed_by", ForeignKey("members.id")),
    Column("changed_at", UtcDateTime, nullable=False),
)

# One row a scope and period, made at its first call. The limit is copied into it, so that reserving is one statement
# over the rows that it locks.
accounts = Table(
    "accounts",
    metadata,
    Column("scope", enum_column(BudgetScope), primary_key=True),
    Column("scope_id", BigInteger, primary_key=True, autoincrement=False),
    Column("period", enum_column(BudgetPeriod), primary_key=True),
    Column("starts_on", Date, primary_key=True),
    Column("spent_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("reserved_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("extra_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("limit_microusd", BigInteger),
    Column("is_hard", Boolean, nullable=False),
)

budget_notices = Table(
    "budget_notices",
    metadata,
    Column("scope", enum_column(BudgetScope), primary_key=True),
    Column("scope_id", BigInteger, primary_key=True, autoincrement=False),
    Column("period", enum_column(BudgetPeriod), primary_key=True),
    Column("starts_on", Date, primary_key=True),
    Column("percent", Integer, primary_key=True, autoincrement=False),
    Column("told_at", UtcDateTime, nullable=False),
)

halts = Table(
    "halts",
    metadata,
    Column("project_id", BigInteger, primary_key=True, autoincrement=False),  # 0: everything
    Column("halted_by", ForeignKey("members.id")),
    Column("halted_at", UtcDateTime, nullable=False),
)


def _sum(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


# The ledger added up: one row a day and kind of call, changed together with the call's own row, so that a chart over a
# million calls reads a few thousand rows. Zeros and empty texts stand for "nobody" and "none", which a key cannot hold.
spent_days = Table(
    "spent_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("member_id", BigInteger, primary_key=True, autoincrement=False),
    Column("project_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("provider", PersonText, primary_key=True),
    Column("model", PersonText, primary_key=True),
    Column("task", String, primary_key=True),
    Column("prompt", String, primary_key=True),  # name@version
    _sum("calls"),
    _sum("tokens_in"),
    _sum("tokens_cached"),
    _sum("tokens_out"),
    _sum("cost_microusd"),
    _sum("unknown_price_calls"),
    _sum("counted_microusd"),
    _sum("estimated_calls"),
    _sum("cache_hits"),
    _sum("saved_microusd"),
    _sum("routing_saved_microusd"),
)

# What each request has cost, for "the dearest": a request is a brief or a recording with all its calls.
spent_requests = Table(
    "spent_requests",
    metadata,
    Column("brief_id", BigInteger, primary_key=True, autoincrement=False),  # 0: none, as above
    Column("recording_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),  # of the first call that was settled
    Column("member_id", BigInteger, nullable=False),
    Column("project_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    _sum("counted_microusd"),
    Index("ix_spent_requests_day", "day"),
    Index("ix_spent_requests_dearest", "counted_microusd"),
)
