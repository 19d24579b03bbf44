"""What people give to the knowledge base, until it can be found."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('received', 'fetched', 'read')")
BEHIND = sa.text("shown_version < version")
NOT_WANTED = sa.text("file_key IS NOT NULL AND state IN ('unchanged', 'failed', 'cancelled')")


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def json() -> sa.types.TypeEngine[object]:
    return sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "lessons",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("screen_message_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_lessons_member_id_members")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_lessons_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("key", name=op.f("uq_lessons_key")),
    )
    op.create_index("ix_lessons_behind", "lessons", ["version"], sqlite_where=BEHIND, postgresql_where=BEHIND)
    op.create_table(
        "learnings",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("lesson_id", row_id(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("document_ids", json(), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_facts", json(), nullable=True),
        sa.Column("notes", json(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_learnings_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_learnings")),
        sa.UniqueConstraint("lesson_id", "position", name=op.f("uq_learnings_lesson_id_position")),
    )
    op.create_index(op.f("ix_learnings_lesson_id"), "learnings", ["lesson_id"])
    op.create_index(
        "ix_learnings_unfinished",
        "learnings",
        ["state", "start_at"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    op.create_index(
        "ix_learnings_not_wanted", "learnings", ["id"], sqlite_where=NOT_WANTED, postgresql_where=NOT_WANTED
    )


def downgrade() -> None:
    op.drop_index(
        "ix_learnings_not_wanted", table_name="learnings", sqlite_where=NOT_WANTED, postgresql_where=NOT_WANTED
    )
    op.drop_index(
        "ix_learnings_unfinished", table_name="learnings", sqlite_where=UNFINISHED, postgresql_where=UNFINISHED
    )
    op.drop_index(op.f("ix_learnings_lesson_id"), table_name="learnings")
    op.drop_table("learnings")
    op.drop_index("ix_lessons_behind", table_name="lessons", sqlite_where=BEHIND, postgresql_where=BEHIND)
    op.drop_table("lessons")
