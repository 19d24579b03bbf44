"""Night runs: files of briefs that are worked through at half the price."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

AT_WORK = "state IN ('received', 'confirmed', 'uploaded', 'submitted')"


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def amounts() -> list[sa.Column[object]]:
    names = ("likely_microusd", "most_microusd", "now_microusd")
    return [sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False) for name in names]


def upgrade() -> None:
    zero = sa.text("0")
    op.create_table(
        "batches",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("screen_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("screen_topic_id", sa.BigInteger(), nullable=True),
        sa.Column("screen_message_id", sa.BigInteger(), nullable=True),
        sa.Column("prepared", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("provider", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        *amounts(),
        sa.Column("budget_day", sa.Date(), nullable=True),
        sa.Column("file_id", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("done", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("cancel_reason", sa.String(length=32), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_batches_member_id_members")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_batches_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
        sa.UniqueConstraint("key", name=op.f("uq_batches_key")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_batches_chat_id_message_id")),
    )
    few = sa.text(AT_WORK)
    op.create_index("ix_batches_at_work", "batches", ["id"], unique=False, sqlite_where=few, postgresql_where=few)
    op.create_table(
        "batch_lines",
        sa.Column("batch_id", row_id(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("body", sa.JSON(none_as_null=True), nullable=True),
        *(
            sa.Column(name, sa.String(), nullable=True)
            for name in ("prompt_name", "prompt_version", "prompt_hash", "role")
        ),
        sa.Column("passages", sa.Integer(), server_default=zero, nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), server_default=zero, nullable=False),
        *amounts(),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("call_id", row_id(), nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_batch_lines_batch_id_batches")),
        sa.ForeignKeyConstraint(["call_id"], ["model_calls.id"], name=op.f("fk_batch_lines_call_id_model_calls")),
        sa.PrimaryKeyConstraint("batch_id", "number", name=op.f("pk_batch_lines")),
    )
    op.create_index(op.f("ix_batch_lines_call_id"), "batch_lines", ["call_id"], unique=False)


def downgrade() -> None:
    op.drop_table("batch_lines")
    op.drop_table("batches")
