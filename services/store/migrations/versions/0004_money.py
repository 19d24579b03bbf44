"""Budgets, accounts, the kill switch; who paid for a call, what was reserved for it, what a cache saved; the ledger added
up by days."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ADDED = (
    "chat_id",
    "role",
    "reserved_microusd",
    "counted_microusd",
    "budget_day",
    "owner",
    "price",
    "cache",
    "saved_microusd",
    "routing_saved_microusd",
)

SUMS = (
    "calls",
    "tokens_in",
    "tokens_cached",
    "tokens_out",
    "cost_microusd",
    "unknown_price_calls",
    "counted_microusd",
    "estimated_calls",
    "cache_hits",
    "saved_microusd",
    "routing_saved_microusd",
)


def key() -> list[sa.Column[object]]:
    return [
        sa.Column("scope", sa.String(length=32), nullable=False),
        sa.Column("scope_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("period", sa.String(length=32), nullable=False),
    ]


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "budgets",
        *key(),
        sa.Column("limit_microusd", sa.BigInteger(), nullable=True),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.Column("changed_by", row_id(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["members.id"], name=op.f("fk_budgets_changed_by_members")),
        sa.PrimaryKeyConstraint("scope", "scope_id", "period", name=op.f("pk_budgets")),
    )
    zero = sa.text("0")
    op.create_table(
        "accounts",
        *key(),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("spent_microusd", sa.BigInteger(), server_default=zero, nullable=False),
        sa.Column("reserved_microusd", sa.BigInteger(), server_default=zero, nullable=False),
        sa.Column("extra_microusd", sa.BigInteger(), server_default=zero, nullable=False),
        sa.Column("limit_microusd", sa.BigInteger(), nullable=True),
        sa.Column("is_hard", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "scope_id", "period", "starts_on", name=op.f("pk_accounts")),
    )
    op.create_table(
        "budget_notices",
        *key(),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("percent", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scope", "scope_id", "period", "starts_on", "percent", name=op.f("pk_budget_notices")),
    )
    op.create_table(
        "halts",
        sa.Column("project_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("halted_by", row_id(), nullable=True),
        sa.Column("halted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["halted_by"], ["members.id"], name=op.f("fk_halts_halted_by_members")),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_halts")),
    )
    op.add_column("generations", sa.Column("error_facts", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("model_calls", sa.Column("chat_id", sa.BigInteger(), nullable=True))
    op.add_column("model_calls", sa.Column("role", sa.String(), nullable=True))
    op.add_column("model_calls", sa.Column("reserved_microusd", sa.BigInteger(), nullable=True))
    op.add_column("model_calls", sa.Column("counted_microusd", sa.BigInteger(), nullable=True))
    op.add_column("model_calls", sa.Column("budget_day", sa.Date(), nullable=True))
    op.add_column("model_calls", sa.Column("owner", sa.String(), nullable=True))
    op.add_column("model_calls", sa.Column("price", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("model_calls", sa.Column("cache", sa.String(), nullable=True))
    for saved in ("saved_microusd", "routing_saved_microusd"):
        op.add_column("model_calls", sa.Column(saved, sa.BigInteger(), server_default=zero, nullable=False))
    add_spent_days(zero)
    add_spent_requests(zero)


def add_spent_days(zero: sa.TextClause) -> None:
    ids = [
        sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)
        for name in ("member_id", "project_id", "chat_id")
    ]
    names = [sa.Column(name, sa.Text(), nullable=False) for name in ("provider", "model")]
    words = [sa.Column(name, sa.String(), nullable=False) for name in ("task", "prompt")]
    sums = [sa.Column(name, sa.BigInteger(), server_default=zero, nullable=False) for name in SUMS]
    key = ("day", *(column.name for column in (*ids, *names, *words)))
    columns = (sa.Column("day", sa.Date(), nullable=False), *ids, *names, *words, *sums)
    op.create_table("spent_days", *columns, sa.PrimaryKeyConstraint(*key, name=op.f("pk_spent_days")))
    op.execute(
        "INSERT INTO spent_days (day, member_id, project_id, chat_id, provider, model, task, prompt, calls, tokens_in,"  # noqa: S608
        " tokens_cached, tokens_out, cost_microusd, unknown_price_calls, counted_microusd, estimated_calls)"
        f" SELECT {day_of_call()}, coalesce(member_id, 0), coalesce(project_id, 0), 0, provider, model, task,"
        " coalesce(prompt_name || '@' || prompt_version, ''), count(*), sum(tokens_in), sum(tokens_cached),"
        " sum(tokens_out), coalesce(sum(cost_microusd), 0), sum(CASE WHEN cost_microusd IS NULL THEN 1 ELSE 0 END),"
        " coalesce(sum(cost_microusd), 0), sum(CASE WHEN usage_estimated THEN 1 ELSE 0 END)"
        " FROM model_calls WHERE outcome <> 'started' GROUP BY 1, 2, 3, 4, 5, 6, 7, 8"
    )


def add_spent_requests(zero: sa.TextClause) -> None:
    ids = [
        sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=False)
        for name in ("brief_id", "recording_id", "member_id", "project_id", "chat_id")
    ]
    key = ("brief_id", "recording_id")
    op.create_table(
        "spent_requests",
        *ids,
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_microusd", sa.BigInteger(), server_default=zero, nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_spent_requests")),
    )
    op.create_index("ix_spent_requests_day", "spent_requests", ["day"], unique=False)
    op.create_index("ix_spent_requests_dearest", "spent_requests", ["counted_microusd"], unique=False)
    op.execute(
        "INSERT INTO spent_requests (brief_id, recording_id, day, member_id, project_id, chat_id, counted_microusd)"  # noqa: S608
        " SELECT coalesce(brief_id, 0), CASE WHEN brief_id IS NULL THEN recording_id ELSE 0 END,"
        f" min({day_of_call()}), max(coalesce(member_id, 0)), max(coalesce(project_id, 0)), 0, coalesce(sum(cost_microusd), 0)"
        " FROM model_calls WHERE outcome <> 'started' AND (brief_id IS NOT NULL OR recording_id IS NOT NULL)"
        " GROUP BY 1, 2"
    )


def day_of_call() -> str:
    if op.get_bind().dialect.name == "sqlite":
        return "date(started_at)"
    return "CAST(started_at AT TIME ZONE 'UTC' AS DATE)"


def downgrade() -> None:
    op.drop_column("generations", "error_facts")
    for column in reversed(ADDED):
        op.drop_column("model_calls", column)
    for table in ("spent_requests", "spent_days", "halts", "budget_notices", "accounts", "budgets"):
        op.drop_table(table)
