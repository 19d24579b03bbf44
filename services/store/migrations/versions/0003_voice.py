"""Recordings: what was sent, the pieces it was cut into, what was heard; calls paid by the second or the letter."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('received', 'fetched', 'prepared', 'transcribed', 'waiting')")
KEPT = sa.text("file_key IS NOT NULL")
BEHIND = sa.text("shown_version < version")


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def json() -> sa.types.TypeEngine[object]:
    return sa.JSON(none_as_null=True)


def upgrade() -> None:
    _create_recordings()
    op.create_table(
        "recording_pieces",
        sa.Column("recording_id", row_id(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=False),
        sa.Column("transcript", json(), nullable=True),
        sa.Column("heard_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_recording_pieces_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("recording_id", "number", name=op.f("pk_recording_pieces")),
    )
    op.create_table(
        "recording_digests",
        sa.Column("recording_id", row_id(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name=op.f("fk_recording_digests_recording_id_recordings")
        ),
        sa.PrimaryKeyConstraint("recording_id", "number", name=op.f("pk_recording_digests")),
    )
    op.add_column("members", sa.Column("voice_replies", sa.String(length=32), server_default="off", nullable=False))
    with op.batch_alter_table("model_calls") as calls:
        calls.add_column(sa.Column("recording_id", row_id(), nullable=True))
        for name in ("tokens_audio", "audio_ms", "characters"):
            calls.add_column(sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))
        calls.create_index(calls.f("ix_model_calls_recording_id"), ["recording_id"])
        calls.create_foreign_key(
            calls.f("fk_model_calls_recording_id_recordings"), "recordings", ["recording_id"], ["id"]
        )


def _create_recordings() -> None:
    op.create_table(
        "recordings",
        sa.Column("id", row_id(), nullable=False),
        sa.Column("member_id", row_id(), nullable=False),
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("chat_id", sa.BigInteger(), nullable=False),
        sa.Column("topic_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("shown_version", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=32), nullable=False),
        sa.Column("file_id", sa.String(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("mime_type", sa.String(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("duration_ms", sa.BigInteger(), nullable=True),
        sa.Column("is_long", sa.Boolean(), nullable=False),
        sa.Column("request", json(), nullable=False),
        sa.Column("screen_chat_id", sa.BigInteger(), nullable=True),
        sa.Column("screen_topic_id", sa.BigInteger(), nullable=True),
        sa.Column("screen_message_id", sa.BigInteger(), nullable=True),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_corrected", sa.Boolean(), nullable=False),
        sa.Column("heard_language", sa.String(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("intent", json(), nullable=True),
        sa.Column("start_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minutes", json(), nullable=True),
        sa.Column("document_id", row_id(), nullable=True),
        sa.Column("error_code", sa.String(), nullable=True),
        sa.Column("error_facts", json(), nullable=False),
        sa.Column("failed_in", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_recordings_document_id_documents"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_recordings_member_id_members")),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_recordings_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recordings")),
        sa.UniqueConstraint("chat_id", "message_id", name=op.f("uq_recordings_chat_id_message_id")),
    )
    op.create_index(op.f("ix_recordings_document_id"), "recordings", ["document_id"])
    op.create_index("ix_recordings_screen", "recordings", ["screen_chat_id", "screen_message_id"])
    op.create_index(
        "ix_recordings_unfinished",
        "recordings",
        ["state", "start_at"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    op.create_index("ix_recordings_behind", "recordings", ["version"], sqlite_where=BEHIND, postgresql_where=BEHIND)
    op.create_index("ix_recordings_kept", "recordings", ["created_at"], sqlite_where=KEPT, postgresql_where=KEPT)


def downgrade() -> None:
    with op.batch_alter_table("model_calls") as calls:
        calls.drop_constraint(calls.f("fk_model_calls_recording_id_recordings"), type_="foreignkey")
        calls.drop_index(calls.f("ix_model_calls_recording_id"))
        for column in ("characters", "audio_ms", "tokens_audio", "recording_id"):
            calls.drop_column(column)
    op.drop_column("members", "voice_replies")
    op.drop_table("recording_digests")
    op.drop_table("recording_pieces")
    op.drop_index("ix_recordings_kept", "recordings")
    op.drop_index("ix_recordings_behind", "recordings")
    op.drop_index("ix_recordings_unfinished", "recordings")
    op.drop_index("ix_recordings_screen", "recordings")
    op.drop_index(op.f("ix_recordings_document_id"), "recordings")
    op.drop_table("recordings")
