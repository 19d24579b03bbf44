"""The database as one object: writing transactions and read-only snapshots."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.errors import StoreUnavailable
from services.store.engine import readers
from services.store.sql_admissions import SqlAdmissions
from services.store.sql_answers import SqlAnswerMarks, SqlKnownQuestions
from services.store.sql_audit import SqlAudit
from services.store.sql_batches import SqlBatches
from services.store.sql_briefs import SqlBriefs
from services.store.sql_broadcasts import SqlBroadcasts
from services.store.sql_budgets import SqlBudgets
from services.store.sql_cached_drafts import SqlCachedDrafts
from services.store.sql_calls import SqlCalls
from services.store.sql_catalogue import SqlCatalogue
from services.store.sql_chats import SqlChats
from services.store.sql_chunk_rules import SqlChunkRules
from services.store.sql_connection import SqlConnection
from services.store.sql_dead_letters import SqlDeadLetters
from services.store.sql_deliveries import SqlDeliveries
from services.store.sql_documents import SqlDocuments
from services.store.sql_errors import store_errors
from services.store.sql_generation_queue import SqlGenerationQueue
from services.store.sql_generations import SqlGenerations
from services.store.sql_halts import SqlHalts
from services.store.sql_inbox import SqlInbox
from services.store.sql_job_leases import SqlJobLeases
from services.store.sql_known_vectors import SqlKnownVectors
from services.store.sql_lessons import SqlLessons
from services.store.sql_members import SqlMembers
from services.store.sql_notes import SqlNotes
from services.store.sql_old_rows import SqlOldRows
from services.store.sql_passage_lookup import SqlPassageLookup
from services.store.sql_passages_used import SqlPassagesUsed
from services.store.sql_projects import SqlProjects
from services.store.sql_recordings import SqlRecordings
from services.store.sql_review_requests import SqlReviewRequests
from services.store.sql_reviews import SqlReviews
from services.store.sql_searches import SqlSearches
from services.store.sql_spending import SqlSpending
from services.store.sql_translations import SqlTranslations
from services.store.sql_turns import SqlTurns
from services.store.sql_waiting_drafts import SqlWaitingDrafts

WRITER_QUEUE_SECONDS = 10.0


def utc_now() -> datetime:
    return datetime.now(UTC)


class SqlTransaction:
    def __init__(self, sql: SqlConnection) -> None:
        self.members = SqlMembers(sql)
        self.projects = SqlProjects(sql)
        self.chats = SqlChats(sql)
        self.briefs = SqlBriefs(sql)
        self.generations = SqlGenerations(sql)
        self.queue = SqlGenerationQueue(sql)
        self.admissions = SqlAdmissions(sql)
        self.passages_used = SqlPassagesUsed(sql)
        self.reviews = SqlReviews(sql)
        self.review_requests = SqlReviewRequests(sql)
        self.waiting = SqlWaitingDrafts(sql)
        self.old_rows = SqlOldRows(sql)
        self.turns = SqlTurns(sql)
        self.documents = SqlDocuments(sql)
        self.chunk_rules = SqlChunkRules(sql)
        self.vectors = SqlKnownVectors(sql)
        self.passage_lookup = SqlPassageLookup(sql)
        self.searches = SqlSearches(sql)
        self.answer_marks = SqlAnswerMarks(sql)
        self.known_questions = SqlKnownQuestions(sql)
        self.translations = SqlTranslations(sql)
        self.catalogue = SqlCatalogue(sql)
        self.calls = SqlCalls(sql)
        self.deliveries = SqlDeliveries(sql)
        self.dead_letters = SqlDeadLetters(sql)
        self.inbox = SqlInbox(sql)
        self.audit = SqlAudit(sql)
        self.notes = SqlNotes(sql)
        self.job_leases = SqlJobLeases(sql)
        self.broadcasts = SqlBroadcasts(sql)
        self.lessons = SqlLessons(sql)
        self.recordings = SqlRecordings(sql)
        self.batches = SqlBatches(sql)
        self.budgets = SqlBudgets(sql)
        self.halts = SqlHalts(sql)
        self.spending = SqlSpending(sql)
        self.cached_drafts = SqlCachedDrafts(sql)


class SqlStore:
    """`now` stamps the rows. The engine stays its opener's to dispose of."""

    def __init__(self, engine: AsyncEngine, now: Callable[[], datetime] = utc_now) -> None:
        self._engine = engine
        self._readers = readers(engine)
        self._now = now
        # SQLite has one writer. Waiting in its own queue, tasks of this process go first come, first served; SQLite's
        # busy handler, left to the other processes, polls with growing sleeps.
        self._writers = asyncio.Lock() if engine.dialect.name == "sqlite" else None
        self._writing: asyncio.Task[Any] | None = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[SqlTransaction]:
        async with AsyncExitStack() as stack:
            if self._writers is not None:
                await stack.enter_async_context(self._only_writer(self._writers))
            with store_errors():
                connection = await stack.enter_async_context(self._engine.connect())
                await connection.begin()
            yield SqlTransaction(SqlConnection(connection, self._now))
            with store_errors():
                await connection.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqlTransaction]:
        async with AsyncExitStack() as stack:
            with store_errors():
                connection = await stack.enter_async_context(self._readers.connect())
            yield SqlTransaction(SqlConnection(connection, self._now))

    async def ping(self) -> None:
        with store_errors():
            async with self._readers.connect() as connection:
                await connection.execute(text("SELECT 1"))

    @asynccontextmanager
    async def _only_writer(self, lock: asyncio.Lock) -> AsyncIterator[None]:
        if lock.locked() and self._writing is asyncio.current_task():
            raise RuntimeError("a transaction inside a transaction would wait for itself")
        try:
            async with asyncio.timeout(WRITER_QUEUE_SECONDS):
                await lock.acquire()
        except TimeoutError as error:
            raise StoreUnavailable("the writer before us does not end its transaction") from error
        try:
            self._writing = asyncio.current_task()
            yield
        finally:
            self._writing = None
            lock.release()
