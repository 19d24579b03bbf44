"""The questions that are asked for every message stay cheap when the tables have grown."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from services.domain.budget import accounts_of
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryState
from services.domain.errand import Errand
from services.domain.generation import GenerationState
from services.domain.recording import RecordingState
from services.domain.transcript import Transcript
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.engine import open_engine
from services.store.ports import Store, Transaction
from services.store.sql_store import SqlStore
from tests.store_rows import NOW, a_document, a_hit, a_project, an_attempt, passages_of

OF_ITS_OWN = {
    "SCAN due",
    "SCAN begun",
    "SCAN placed",
    "SCAN CONSTANT ROW",
    "SCAN 16 CONSTANT ROWS",
}  # rows that the statement has just picked, or was given
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
async def engine(sqlite_url: str) -> AsyncIterator[AsyncEngine]:
    engine = open_engine(sqlite_url)
    yield engine
    await engine.dispose()


def is_of_a_table(step: str) -> bool:
    return step.startswith("SCAN") and not step.startswith("SCAN (subquery") and step not in OF_ITS_OWN


async def test_no_frequent_question_reads_a_whole_table(engine: AsyncEngine) -> None:
    asked: dict[str, Any] = {}
    store = SqlStore(engine)
    attempt, project = await an_attempt(store), await a_project(store)
    async with store.transaction() as tx:
        document = await tx.documents.put(a_document(project), passages_of(["a"]))

    @event.listens_for(engine.sync_engine, "before_cursor_execute")
    def remember(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, executemany: bool) -> None:
        asked[statement] = parameters[0] if executemany else parameters

    await ask_everything(store, attempt.id, document.id)
    event.remove(engine.sync_engine, "before_cursor_execute", remember)
    scans: list[str] = []
    async with engine.connect() as connection:
        for statement, parameters in asked.items():
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [str(row.detail) for row in plan]
            scans += [f"{step}: {statement}" for step in steps if is_of_a_table(step)]
    assert len(asked) > 40
    assert scans == []


async def ask_everything(store: Store, attempt: int, document: int) -> None:
    async with store.transaction() as tx:
        await ask_about_people(tx)
        await ask_about_attempts(tx, attempt)
        await ask_about_knowledge(tx, document)
        await ask_about_operation(tx)
        await ask_about_reviews(tx)
        await ask_about_recordings(tx)
        await ask_about_money(tx)


async def ask_about_people(tx: Transaction) -> None:
    await tx.members.by_telegram_id(1)
    await tx.members.get(1)
    await tx.projects.get(1)
    await tx.projects.by_slug("tea")
    await tx.chats.get(1)
    await tx.turns.recent(1, None)
    await tx.turns.recent(1, 5)
    await tx.notes.get("key")
    await tx.notes.delete("key")


async def ask_about_attempts(tx: Transaction, attempt: int) -> None:
    await tx.briefs.get(1)
    await tx.briefs.lock(1)
    await tx.generations.get(attempt)
    await tx.generations.attempts(1)
    await tx.generations.by_message(1, 2)
    await tx.generations.recent(member_id=1)
    await tx.generations.recent(chat_id=1)
    await tx.generations.claimable(NOW)
    await tx.queue.waiting()
    await tx.queue.running()
    await tx.queue.usual_seconds()
    await tx.queue.has_room(1, 2)
    await tx.queue.claim_next("bot", LATER, NOW, 2)
    await tx.admissions.admit(1, NOW, 6)
    await tx.generations.holds(attempt, 1)
    await tx.generations.owners(NOW)
    await tx.generations.forsake("bot")
    await tx.generations.undelivered(NOW)
    await tx.generations.claim(attempt, "bot", LATER, NOW)
    await tx.generations.renew(attempt, 1, LATER)
    await tx.generations.set_placeholder(attempt, 1, ChatAddress(1))
    await tx.generations.save_text(attempt, 1, "text", complete=True)
    await tx.generations.finish(attempt, 1, GenerationState.IN_REVIEW, now=NOW)
    await tx.generations.transition(attempt, expected_version=3, to=GenerationState.APPROVED)
    await tx.generations.mark_delivered(attempt)
    await tx.passages_used.replace(attempt, [])
    await tx.passages_used.hits(attempt)
    await tx.reviews.of_generation(attempt)


async def ask_about_knowledge(tx: Transaction, document: int) -> None:
    changes = await tx.documents.changes_since(0)
    ids = [passage.id for passage in changes.written]
    await tx.passages_used.replace(1, [a_hit(passage) for passage in changes.written])
    await tx.documents.by_source(1, "a.md")
    await tx.documents.list(1)
    await tx.documents.passages(ids)
    await tx.documents.all_passages(1)
    await tx.documents.count_passages(1)
    await tx.documents.unembedded(1, "e5")
    await tx.documents.mark_embedded(ids, "e5")
    await tx.documents.delete(document)


async def ask_about_operation(tx: Transaction) -> None:
    await tx.broadcasts.get(1)
    await tx.broadcasts.unfinished()
    await tx.broadcasts.counts(1, NOW)
    await tx.job_leases.take("name", "owner", LATER, NOW)
    await tx.job_leases.renew("name", 1, LATER)
    await tx.job_leases.holds("name", 1)
    await tx.inbox.add(1, [(1, 1, "{}")])
    await tx.inbox.pending(1)
    await tx.inbox.claim(1, "a", now=NOW, until=NOW)
    await tx.inbox.has_free(1, NOW)
    await tx.inbox.renew("a", [1], NOW)
    await tx.inbox.owners(1)
    await tx.inbox.disown(1, "a")
    await tx.inbox.done(1)
    await tx.inbox.purge(NOW)
    await tx.deliveries.claim_due(NOW)
    await tx.deliveries.leave(1, 1, NOW)
    await tx.deliveries.settle(1, 1, DeliveryState.SENT)
    await tx.deliveries.beat([(1, 1)], NOW)
    await tx.deliveries.release_stuck(NOW)
    await tx.deliveries.oldest_waiting()
    await tx.deliveries.close_chat(1)
    await tx.deliveries.move_chat(1, 2)
    await tx.deliveries.cancel_new(1)
    await tx.deliveries.broadcast_counts(1)
    await tx.dead_letters.count()
    await tx.dead_letters.page(0, 5)
    await tx.dead_letters.unreported()
    await tx.dead_letters.mark_reported(NOW, NOW)
    await tx.dead_letters.resend(1, 1)
    await tx.calls.unsettled_of_older_runs(1, 2)
    await tx.calls.unsettled_of_recording(1, 2)
    await tx.calls.owners(NOW)
    await tx.calls.forgotten(NOW, NOW, ["bot"])
    await tx.calls.totals(since=NOW)
    await tx.calls.totals(member_id=1)


async def ask_about_reviews(tx: Transaction) -> None:
    await tx.waiting.page(author_id=1)
    await tx.waiting.page(ids=[1])
    await tx.waiting.count(chat_id=-1)
    for draft in await tx.waiting.due(NOW):
        await tx.waiting.note_reminder(draft, NOW)
    await tx.waiting.older_than(NOW)
    await tx.old_rows.purge_deliveries(NOW)


async def ask_about_recordings(tx: Transaction) -> None:
    await tx.recordings.get(1)
    await tx.recordings.lock(1)
    await tx.recordings.carried_by(1, 2)
    await tx.recordings.shown_by(ChatAddress(1, None, 2))
    await tx.recordings.advance(1, RecordingState.FETCHED, expected_version=1, file_key="key")
    await tx.recordings.change(1, text="words")
    await tx.recordings.place(1, ChatAddress(1, None, 2))
    await tx.recordings.shown(1, 1)
    await tx.recordings.to_do(is_long=None, now=NOW)
    await tx.recordings.to_do(is_long=True, now=NOW)
    await tx.recordings.behind()
    await tx.recordings.open_in(1, None, 1)
    await tx.recordings.pieces(1)
    await tx.recordings.hear(1, 0, Transcript("words"))
    await tx.recordings.counts(1)
    await tx.recordings.digests(1)
    await tx.recordings.with_files_before(NOW)


async def ask_about_money(tx: Transaction) -> None:
    paying = accounts_of(CallContext("idea", project_id=1, member_id=1, chat_id=1), NOW.date())
    await tx.budgets.reserve(paying, 5)
    await tx.budgets.settle(paying, released_microusd=5, spent_microusd=4)
    await tx.budgets.account(paying[0][0], NOW.date())
    await tx.budgets.note(paying[0][0], NOW.date(), 80, NOW)
    await tx.halts.is_halted(1)
    call = await tx.calls.start(Errand(CallContext("idea"), "openai", "gpt-4.1"), NOW.date())
    await tx.calls.finish(call, CallReport(CallOutcome.OK, Usage(), 5, latency_ms=1))
