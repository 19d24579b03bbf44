"""The database, as the use cases see it: one transaction, a repository per noun.

    async with store.transaction() as tx:
        brief = await tx.briefs.add(...)
        generation = await tx.generations.add(...)

The block commits at its end and rolls back on an exception. Writers are serialised where the engine needs it (SQLite:
BEGIN IMMEDIATE), so never wait for a network inside the block, and never open a second transaction there.
PostgreSQL lets writers run together (READ COMMITTED): what is read first and written then must hold `briefs.lock`, or
be one guarded statement of a repository.
"""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from services.store.ports_answers import AnswerMarks, KnownQuestions
from services.store.ports_batches import Batches
from services.store.ports_broadcasts import Broadcasts
from services.store.ports_caches import CachedDrafts
from services.store.ports_catalogue import Catalogue
from services.store.ports_knowledge import ChunkRulesOfProjects, Documents, KnownVectors, PassageChanges
from services.store.ports_lessons import Lessons
from services.store.ports_limits import Admissions, GenerationQueue
from services.store.ports_money import Budgets, Halts, Spending
from services.store.ports_operation import (
    Audit,
    Calls,
    CallTotals,
    DeadLetters,
    Deliveries,
    Inbox,
    JobLeases,
    Notes,
    StoredUpdate,
)
from services.store.ports_people import Chats, Members, Projects
from services.store.ports_review import OldRows, ReviewRequests, WaitingDrafts
from services.store.ports_searches import PassageLookup, Searches, Translations
from services.store.ports_voice import Recordings
from services.store.ports_work import Briefs, Generations, PassagesUsed, Reviews, Turns

__all__ = [
    "Admissions",
    "AnswerMarks",
    "Audit",
    "Batches",
    "Briefs",
    "Broadcasts",
    "Budgets",
    "CachedDrafts",
    "CallTotals",
    "Calls",
    "Catalogue",
    "Chats",
    "ChunkRulesOfProjects",
    "DeadLetters",
    "Deliveries",
    "Documents",
    "GenerationQueue",
    "Generations",
    "Halts",
    "Inbox",
    "JobLeases",
    "KnownQuestions",
    "KnownVectors",
    "Lessons",
    "Members",
    "Notes",
    "OldRows",
    "PassageChanges",
    "PassageLookup",
    "PassagesUsed",
    "Projects",
    "Recordings",
    "ReviewRequests",
    "Reviews",
    "Searches",
    "Spending",
    "Store",
    "StoredUpdate",
    "Transaction",
    "Translations",
    "Turns",
    "WaitingDrafts",
]


class Transaction(Protocol):
    @property
    def members(self) -> Members: ...
    @property
    def projects(self) -> Projects: ...
    @property
    def chats(self) -> Chats: ...
    @property
    def briefs(self) -> Briefs: ...
    @property
    def generations(self) -> Generations: ...
    @property
    def queue(self) -> GenerationQueue: ...
    @property
    def admissions(self) -> Admissions: ...
    @property
    def passages_used(self) -> PassagesUsed: ...
    @property
    def reviews(self) -> Reviews: ...
    @property
    def review_requests(self) -> ReviewRequests: ...
    @property
    def waiting(self) -> WaitingDrafts: ...
    @property
    def old_rows(self) -> OldRows: ...
    @property
    def turns(self) -> Turns: ...
    @property
    def documents(self) -> Documents: ...
    @property
    def chunk_rules(self) -> ChunkRulesOfProjects: ...
    @property
    def vectors(self) -> KnownVectors: ...
    @property
    def passage_lookup(self) -> PassageLookup: ...
    @property
    def searches(self) -> Searches: ...
    @property
    def answer_marks(self) -> AnswerMarks: ...
    @property
    def known_questions(self) -> KnownQuestions: ...
    @property
    def translations(self) -> Translations: ...
    @property
    def catalogue(self) -> Catalogue: ...
    @property
    def calls(self) -> Calls: ...
    @property
    def deliveries(self) -> Deliveries: ...
    @property
    def dead_letters(self) -> DeadLetters: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def audit(self) -> Audit: ...
    @property
    def notes(self) -> Notes: ...
    @property
    def job_leases(self) -> JobLeases: ...
    @property
    def broadcasts(self) -> Broadcasts: ...
    @property
    def lessons(self) -> Lessons: ...
    @property
    def recordings(self) -> Recordings: ...
    @property
    def batches(self) -> Batches: ...
    @property
    def budgets(self) -> Budgets: ...
    @property
    def halts(self) -> Halts: ...
    @property
    def spending(self) -> Spending: ...
    @property
    def cached_drafts(self) -> CachedDrafts: ...


class Store(Protocol):
    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """A writing transaction. Raises StoreUnavailable when the database does not answer."""
        ...

    def reading(self) -> AbstractAsyncContextManager[Transaction]:
        """A read-only snapshot that never waits for writers; writes through it are an error."""
        ...

    async def ping(self) -> None:
        """Raises StoreUnavailable."""
        ...
