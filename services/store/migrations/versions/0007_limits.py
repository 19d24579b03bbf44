"""What each person asked for in the last minute; when attempts came to the queue, and when they had their turn."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "admissions",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_admissions_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admissions")),
    )
    op.create_index("ix_admissions_member", "admissions", ["member_id", "at"])
    op.add_column("generations", sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("generations", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_generations_started_at"), "generations", ["started_at"])
    op.execute("UPDATE generations SET queued_at = created_at")


def downgrade() -> None:
    op.drop_index(op.f("ix_generations_started_at"), table_name="generations")
    op.drop_column("generations", "started_at")
    op.drop_column("generations", "queued_at")
    op.drop_table("admissions")
