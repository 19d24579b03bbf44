"""Passports, versions and texts of documents; vectors kept by their text; rules of cutting."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def row_id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def json() -> sa.types.TypeEngine[object]:
    return sa.JSON(none_as_null=True)


def upgrade() -> None:
    op.create_table(
        "kept_vectors",
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("model", "text_hash", name=op.f("pk_kept_vectors")),
    )
    op.create_index("ix_kept_vectors_text_hash", "kept_vectors", ["text_hash"])
    op.create_table(
        "chunk_rules",
        sa.Column("project_id", row_id(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("target_tokens", sa.Integer(), nullable=False),
        sa.Column("limit_tokens", sa.Integer(), nullable=False),
        sa.Column("overlap_percent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_chunk_rules_project_id_projects")),
        sa.PrimaryKeyConstraint("project_id", "type", name=op.f("pk_chunk_rules")),
    )
    op.create_table(
        "document_texts",
        sa.Column("document_id", row_id(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("page_starts", json(), nullable=True),
        sa.ForeignKeyConstraint(
            ["document_id"], ["documents.id"], name=op.f("fk_document_texts_document_id_documents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_texts")),
    )
    op.create_table(
        "document_versions",
        sa.Column("document_id", row_id(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.String(), nullable=False),
        sa.Column("file_key", sa.String(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=True),
        sa.Column("member_id", row_id(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["documents.id"],
            name=op.f("fk_document_versions_document_id_documents"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("document_id", "version", name=op.f("pk_document_versions")),
    )
    op.add_column("documents", sa.Column("format", sa.String(), server_default="text", nullable=False))
    op.add_column("documents", sa.Column("origin", sa.String(length=32), server_default="folder", nullable=False))
    op.add_column("documents", sa.Column("url", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("file_key", sa.String(), nullable=True))
    op.add_column("documents", sa.Column("file_hash", sa.String(), nullable=True))
    op.add_column("documents", sa.Column("size_bytes", sa.BigInteger(), nullable=True))
    op.add_column("documents", sa.Column("pages", sa.Integer(), nullable=True))
    op.add_column("documents", sa.Column("owner_id", row_id(), nullable=True))
    op.add_column("documents", sa.Column("note", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("documents", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("documents", sa.Column("refresh_days", sa.Integer(), nullable=True))
    op.add_column("documents", sa.Column("added_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("documents", sa.Column("updated_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("documents", sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("documents", sa.Column("chunking", sa.String(), server_default="whole", nullable=False))
    op.add_column("documents", sa.Column("sketch", sa.LargeBinary(), nullable=True))
    op.add_column("documents", sa.Column("flags", json(), nullable=True))
    op.create_index("ix_documents_content", "documents", ["project_id", "content_hash"])
    op.add_column("passages", sa.Column("page", sa.Integer(), nullable=True))
    op.add_column("passages", sa.Column("last_page", sa.Integer(), nullable=True))
    op.add_column("passages", sa.Column("text_hash", sa.String(), nullable=True))
    op.create_index("ix_passages_text_hash", "passages", ["text_hash"])


def downgrade() -> None:
    op.drop_index("ix_passages_text_hash", table_name="passages")
    op.drop_column("passages", "text_hash")
    op.drop_column("passages", "last_page")
    op.drop_column("passages", "page")
    op.drop_index("ix_documents_content", table_name="documents")
    op.drop_column("documents", "flags")
    op.drop_column("documents", "sketch")
    op.drop_column("documents", "chunking")
    op.drop_column("documents", "checked_at")
    op.drop_column("documents", "updated_at")
    op.drop_column("documents", "added_at")
    op.drop_column("documents", "refresh_days")
    op.drop_column("documents", "valid_until")
    op.drop_column("documents", "valid_from")
    op.drop_column("documents", "note")
    op.drop_column("documents", "owner_id")
    op.drop_column("documents", "pages")
    op.drop_column("documents", "size_bytes")
    op.drop_column("documents", "file_hash")
    op.drop_column("documents", "file_key")
    op.drop_column("documents", "url")
    op.drop_column("documents", "origin")
    op.drop_column("documents", "format")
    op.drop_table("document_versions")
    op.drop_table("document_texts")
    op.drop_table("chunk_rules")
    op.drop_index("ix_kept_vectors_text_hash", table_name="kept_vectors")
    op.drop_table("kept_vectors")
