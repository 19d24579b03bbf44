"""Budgets, what was spent of them, and who was told."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, Table, text

from services.domain.budget import BudgetPeriod, BudgetScope
from services.store.column_types import UtcDateTime, enum_column
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
