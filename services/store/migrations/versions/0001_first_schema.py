"""First schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counters")),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("payload", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("key", name=op.f("uq_deliveries_key")),
    )
    op.create_index("ix_deliveries_chat", "deliveries", ["chat_id", "state", "id"], unique=False)
    op.create_index(op.f("ix_deliveries_state"), "deliveries", ["state"], unique=False)

    op.create_table(
        "inbox",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("bot_id", sa.BigInteger(), nullable=False),
        sa.Column("update_id", sa.BigInteger(), nullable=False),
        sa.Column("lane", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint("bot_id", "update_id", name=op.f("uq_inbox_bot_id_update_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_inbox_done_at"), "inbox", ["done_at"], unique=False)
    op.create_index(
        "ix_inbox_pending",
        "inbox",
        ["bot_id", "id"],
        unique=False,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )

    op.create_table(
        "members",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("telegram_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=True),
        sa.Column("client_language", sa.String(length=32), nullable=True),
        sa.Column("stream_transport", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("telegram_id", name=op.f("uq_members_telegram_id")),
    )
    op.create_table(
        "notes",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_notes")),
    )
    op.create_table(
        "passage_tombstones",
        sa.Column("change", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("passage_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("change", name=op.f("pk_passage_tombstones")),
    )
    op.create_table(
        "projects",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("profile", sa.JSON(none_as_null=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
        sa.UniqueConstraint("slug", name=op.f("uq_projects_slug")),
    )
    op.create_table(
        "audit",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("member_id", row_id(), nullable=True),
        sa.Column("facts", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_audit_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "briefs",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("task", sa.String(length=32), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_briefs_member_id_members")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_briefs_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_briefs")),
        sa.UniqueConstraint("chat_id", "message_id", "task", name=op.f("uq_briefs_chat_id_message_id_task")),
    )
    op.create_table(
        "chats",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_chats_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
    )
    op.create_index(op.f("ix_chats_project_id"), "chats", ["project_id"], unique=False)

    op.create_table(
        "documents",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_documents_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_documents")),
        sa.UniqueConstraint("project_id", "source", name=op.f("uq_documents_project_id_source")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "generations",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("brief_id", row_id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("requested_by", row_id(), nullable=False),
        sa.Column("parent_id", row_id(), nullable=True),
        sa.Column("chip", sa.String(length=32), nullable=True),
        sa.Column("instruction", sa.Text(), nullable=False),
        sa.Column("reply_to_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("reply_to_topic_id", sa.BigInteger(), nullable=True),
        sa.Column("reply_to_message_id", sa.BigInteger(), nullable=True),
        sa.Column("placeholder_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("placeholder_topic_id", sa.BigInteger(), nullable=True),
        sa.Column("placeholder_message_id", sa.BigInteger(), nullable=True),
        sa.Column("draft", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_complete", sa.Boolean(), nullable=False),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("prompt_name", sa.String(), nullable=True),
        sa.Column("prompt_version", sa.String(), nullable=True),
        sa.Column("prompt_hash", sa.String(), nullable=True),
        sa.Column("usage", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_token", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name=op.f("fk_generations_brief_id_briefs")),
        sa.ForeignKeyConstraint(["parent_id"], ["generations.id"], name=op.f("fk_generations_parent_id_generations")),
        sa.ForeignKeyConstraint(["requested_by"], ["members.id"], name=op.f("fk_generations_requested_by_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_generations")),
        sa.UniqueConstraint("brief_id", "number", name=op.f("uq_generations_brief_id_number")),
    )
    op.create_index(
        "ix_generations_placeholder", "generations", ["placeholder_chat_id", "placeholder_message_id"], unique=False
    )
    op.create_index("ix_generations_requested_by", "generations", ["requested_by"], unique=False)
    op.create_index("ix_generations_state", "generations", ["state", "lease_until"], unique=False)
    op.create_index(
        "ix_generations_undelivered",
        "generations",
        ["finished_at"],
        unique=False,
        sqlite_where=sa.text("delivered_at IS NULL AND state IN ('in_review', 'answered', 'failed')"),
        postgresql_where=sa.text("delivered_at IS NULL AND state IN ('in_review', 'answered', 'failed')"),
    )

    op.create_table(
        "passages",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("document_id", row_id(), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("start", sa.Integer(), nullable=False),
        sa.Column("end", sa.Integer(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_passages_document_id_documents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_passages_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passages")),
        sa.UniqueConstraint("change", name=op.f("uq_passages_change")),
    )
    op.create_index(op.f("ix_passages_document_id"), "passages", ["document_id"], unique=False)
    op.create_index("ix_passages_project", "passages", ["project_id", "id"], unique=False)

    op.create_table(
        "model_calls",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("project_id", row_id(), nullable=True),
        sa.Column("member_id", row_id(), nullable=True),
        sa.Column("brief_id", row_id(), nullable=True),
        sa.Column("generation_id", row_id(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_name", sa.String(), nullable=True),
        sa.Column("prompt_version", sa.String(), nullable=True),
        sa.Column("prompt_hash", sa.String(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_cached", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("usage_estimated", sa.Boolean(), nullable=False),
        sa.Column("cost_microusd", sa.BigInteger(), nullable=True),
        sa.Column("latency_ms", sa.Integer(), nullable=True),
        sa.Column("first_token_ms", sa.Integer(), nullable=True),
        sa.Column("finish_reason", sa.Text(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["brief_id"], ["briefs.id"], name=op.f("fk_model_calls_brief_id_briefs")),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], name=op.f("fk_model_calls_generation_id_generations")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_model_calls_member_id_members")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_model_calls_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_calls")),
    )
    op.create_index(op.f("ix_model_calls_generation_id"), "model_calls", ["generation_id"], unique=False)
    op.create_index("ix_model_calls_member", "model_calls", ["member_id", "started_at"], unique=False)
    op.create_index(op.f("ix_model_calls_started_at"), "model_calls", ["started_at"], unique=False)

    op.create_table(
        "passage_embeddings",
        sa.Column("passage_id", sa.String(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"], ["passages.id"], name=op.f("fk_passage_embeddings_passage_id_passages"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("passage_id", "model", name=op.f("pk_passage_embeddings")),
    )
    op.create_table(
        "passages_used",
        sa.Column("generation_id", row_id(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("legs", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("passage", sa.JSON(none_as_null=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], name=op.f("fk_passages_used_generation_id_generations")
        ),
        sa.PrimaryKeyConstraint("generation_id", "number", name=op.f("pk_passages_used")),
    )
    op.create_table(
        "reviews",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("generation_id", row_id(), nullable=False),
        sa.Column("generation_version", sa.Integer(), nullable=False),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("verdict", sa.String(length=32), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["generation_id"], ["generations.id"], name=op.f("fk_reviews_generation_id_generations")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_reviews_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
    )
    op.create_index(op.f("ix_reviews_generation_id"), "reviews", ["generation_id"], unique=False)

    op.create_table(
        "turns",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", row_id(), nullable=True),
        sa.Column("generation_id", row_id(), nullable=True),
        sa.ForeignKeyConstraint(["generation_id"], ["generations.id"], name=op.f("fk_turns_generation_id_generations")),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_turns_member_id_members")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
    )
    op.create_index("ix_turns_place", "turns", ["chat_id", "topic_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("turns")
    op.drop_table("reviews")
    op.drop_table("passages_used")
    op.drop_table("passage_embeddings")
    op.drop_table("model_calls")
    op.drop_table("passages")
    op.drop_table("generations")
    op.drop_table("documents")
    op.drop_table("chats")
    op.drop_table("briefs")
    op.drop_table("audit")
    op.drop_table("projects")
    op.drop_table("passage_tombstones")
    op.drop_table("notes")
    op.drop_table("members")
    op.drop_table("inbox")
    op.drop_table("deliveries")
    op.drop_table("counters")
