"""What was searched for and found, what people thought of it, and questions translated."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def json() -> sa.types.TypeEngine[object]:
    return sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "translations",
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("text_hash", "language", name=op.f("pk_translations")),
    )
    op.create_table(
        "answer_marks",
        sa.Column("generation_id", row_id(), nullable=False),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("mark", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], name=op.f("fk_answer_marks_generation_id_generations")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_answer_marks_member_id_members")),
        sa.PrimaryKeyConstraint("generation_id", "member_id", name=op.f("pk_answer_marks")),
    )
    op.create_table(
        "golden_questions",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("relevant", json(), nullable=False),
        sa.Column("generation_id", row_id(), nullable=True),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], name=op.f("fk_golden_questions_generation_id_generations")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_golden_questions_member_id_members")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_golden_questions_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_questions")),
        sa.UniqueConstraint("project_id", "question", name=op.f("uq_golden_questions_project_id_question")),
    )
    op.create_table(
        "searches",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("generation_id", row_id(), nullable=True),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("translated", sa.Text(), nullable=True),
        sa.Column("filters", json(), nullable=True),
        sa.Column("found", json(), nullable=False),
        sa.Column("degraded", sa.String(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], name=op.f("fk_searches_generation_id_generations")
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_searches_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_searches")),
    )
    op.create_index("ix_searches_at", "searches", ["at"])
    op.create_index(op.f("ix_searches_generation_id"), "searches", ["generation_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_searches_generation_id"), table_name="searches")
    op.drop_index("ix_searches_at", table_name="searches")
    op.drop_table("searches")
    op.drop_table("golden_questions")
    op.drop_table("answer_marks")
    op.drop_table("translations")
