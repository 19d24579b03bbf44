"""Drafts to be found again."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from services.store.column_types import PersonText, UtcDateTime, row_id
from services.store.metadata import metadata

# The draft itself stays where it was written: with its attempt. A person's own drafts carry the person in their keys.
cached_drafts = Table(
    "cached_drafts",
    metadata,
    Column("id", row_id(), primary_key=True),
    Column("project_id", ForeignKey("projects.id"), nullable=False),
    Column("member_id", ForeignKey("members.id")),
    Column("exact_key", String, nullable=False, unique=True),
    Column("shelf", String, nullable=False),
    Column("form", String, nullable=False),
    Column("generation_id", ForeignKey("generations.id"), nullable=False),
    Column("text", PersonText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False, index=True),
    Index("ix_cached_drafts_shelf", "shelf", "form"),
)
