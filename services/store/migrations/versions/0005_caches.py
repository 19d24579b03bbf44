"""Drafts that may answer a brief a second time."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "cached_drafts",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("member_id", row_id(), nullable=True),
        sa.Column("exact_key", sa.String(), nullable=False),
        sa.Column("shelf", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("generation_id", row_id(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_cached_drafts_project_id_projects")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_cached_drafts_member_id_members")),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], name=op.f("fk_cached_drafts_generation_id_generations")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cached_drafts")),
        sa.UniqueConstraint("exact_key", name=op.f("uq_cached_drafts_exact_key")),
    )
    op.create_index("ix_cached_drafts_shelf", "cached_drafts", ["shelf", "form"], unique=False)
    op.create_index(op.f("ix_cached_drafts_made_at"), "cached_drafts", ["made_at"], unique=False)


def downgrade() -> None:
    op.drop_table("cached_drafts")
