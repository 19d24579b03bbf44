"""The schema: what the repositories query and what the migrations add up to."""

from services.store.metadata import metadata
from services.store.tables_batches import batch_lines, batches
from services.store.tables_caches import cached_drafts
from services.store.tables_knowledge import (
    chunk_rules,
    counters,
    document_texts,
    document_versions,
    documents,
    kept_vectors,
    passage_embeddings,
    passage_tombstones,
    passages,
)
from services.store.tables_learning import learnings, lessons
from services.store.tables_money import accounts, budget_notices, budgets, halts, spent_days, spent_requests
from services.store.tables_operation import audit, broadcasts, deliveries, inbox, job_leases, model_calls, notes
from services.store.tables_people import chats, members, projects
from services.store.tables_search import answer_marks, golden_questions, searches, translations
from services.store.tables_voice import recording_digests, recording_pieces, recordings
from services.store.tables_work import (
    admissions,
    brief_revisions,
    briefs,
    generations,
    passages_used,
    review_requests,
    reviews,
    turns,
)

__all__ = [
    "accounts",
    "admissions",
    "answer_marks",
    "audit",
    "batch_lines",
    "batches",
    "brief_revisions",
    "briefs",
    "broadcasts",
    "budget_notices",
    "budgets",
    "cached_drafts",
    "chats",
    "chunk_rules",
    "counters",
    "deliveries",
    "document_texts",
    "document_versions",
    "documents",
    "generations",
    "golden_questions",
    "halts",
    "inbox",
    "job_leases",
    "kept_vectors",
    "learnings",
    "lessons",
    "members",
    "metadata",
    "model_calls",
    "notes",
    "passage_embeddings",
    "passage_tombstones",
    "passages",
    "passages_used",
    "projects",
    "recording_digests",
    "recording_pieces",
    "recordings",
    "review_requests",
    "reviews",
    "searches",
    "spent_days",
    "spent_requests",
    "translations",
    "turns",
]
