"""What outlives crashes: owners of inbox rows and jobs, the moment a message leaves, broadcasts, revisions, reminders."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

PENDING = sa.text("done_at IS NULL")
UNDELIVERED = sa.text(
    "delivered_at IS NULL AND state IN ('in_review', 'answered', 'failed', 'stopped', 'approved',"
    " 'changes_requested', 'rejected', 'expired')"
)
UNDELIVERED_BEFORE = sa.text("delivered_at IS NULL AND state IN ('in_review', 'answered', 'failed')")
STARTED = sa.text("outcome = 'started'")


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "job_leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("token", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_leases")),
    )
    _create_broadcasts()
    _create_review_requests()
    op.create_table(
        "brief_revisions",
        sa.Column("brief_id", row_id(), nullable=False),
        sa.Column("revision", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name=op.f("fk_brief_revisions_brief_id_briefs")),
        sa.PrimaryKeyConstraint("brief_id", "revision", name=op.f("pk_brief_revisions")),
    )
    op.add_column("briefs", sa.Column("material", sa.Text(), nullable=True))
    op.add_column("briefs", sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column("chats", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
        deliveries.add_column(sa.Column("sent_message_id", sa.BigInteger(), nullable=True))
        deliveries.add_column(sa.Column("broadcast_id", row_id(), nullable=True))
        deliveries.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))
        deliveries.add_column(sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))
        deliveries.create_index("ix_deliveries_broadcast", ["broadcast_id", "state"])
        deliveries.create_foreign_key(
            deliveries.f("fk_deliveries_broadcast_id_broadcasts"), "broadcasts", ["broadcast_id"], ["id"]
        )
    one = sa.text("1")
    op.add_column("generations", sa.Column("brief_revision", sa.Integer(), server_default=one, nullable=False))
    op.add_column("generations", sa.Column("continuation", sa.JSON(none_as_null=True), nullable=True))
    op.add_column("generations", sa.Column("reminders", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("generations", sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True))
    _watch_all_ends()
    op.add_column("inbox", sa.Column("owner", sa.Text(), nullable=True))
    op.add_column("inbox", sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_inbox_lane", "inbox", ["bot_id", "lane", "id"], sqlite_where=PENDING, postgresql_where=PENDING
    )
    op.add_column("model_calls", sa.Column("lease_token", sa.Integer(), nullable=True))
    op.create_index(
        "ix_model_calls_started", "model_calls", ["started_at"], sqlite_where=STARTED, postgresql_where=STARTED
    )


def _watch_all_ends() -> None:
    """Stops and decisions are outcomes that a person must see, too. Those of the past were seen."""
    op.drop_index("ix_generations_undelivered", "generations")
    op.execute(
        "UPDATE generations SET delivered_at = finished_at"
        " WHERE delivered_at IS NULL AND state NOT IN ('queued', 'running', 'in_review', 'answered', 'failed')"
    )
    op.create_index(
        "ix_generations_undelivered",
        "generations",
        ["finished_at"],
        sqlite_where=UNDELIVERED,
        postgresql_where=UNDELIVERED,
    )


def _create_review_requests() -> None:
    op.create_table(
        "review_requests",
        sa.Column("generation_id", row_id(), nullable=False),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("asked_by", row_id(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["asked_by"], ["members.id"], name=op.f("fk_review_requests_asked_by_members")),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], name=op.f("fk_review_requests_generation_id_generations")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_review_requests_member_id_members")),
        sa.PrimaryKeyConstraint("generation_id", "member_id", name=op.f("pk_review_requests")),
    )


def _create_broadcasts() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("author_id", row_id(), nullable=False),
        sa.Column("source_chat_id", sa.BigInteger(), nullable=False),
        sa.Column("source_message_id", sa.BigInteger(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("progress_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("progress_message_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["members.id"], name=op.f("fk_broadcasts_author_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    op.create_index(op.f("ix_broadcasts_state"), "broadcasts", ["state"])


def downgrade() -> None:
    op.drop_index("ix_generations_undelivered", "generations")
    op.create_index(
        "ix_generations_undelivered",
        "generations",
        ["finished_at"],
        sqlite_where=UNDELIVERED_BEFORE,
        postgresql_where=UNDELIVERED_BEFORE,
    )
    op.drop_index("ix_model_calls_started", "model_calls")
    op.drop_column("model_calls", "lease_token")
    op.drop_index("ix_inbox_lane", "inbox")
    for table, columns in (
        ("inbox", ("lease_until", "owner")),
        ("generations", ("reminded_at", "reminders", "continuation", "brief_revision")),
        ("chats", ("closed_at",)),
        ("briefs", ("revision", "material")),
    ):
        for column in columns:
            op.drop_column(table, column)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.drop_constraint(deliveries.f("fk_deliveries_broadcast_id_broadcasts"), type_="foreignkey")
        deliveries.drop_index("ix_deliveries_broadcast")
        for column in ("reported_at", "settled_at", "broadcast_id", "sent_message_id", "left_at"):
            deliveries.drop_column(column)
    op.drop_table("brief_revisions")
    op.drop_table("review_requests")
    op.drop_table("broadcasts")
    op.drop_table("job_leases")
