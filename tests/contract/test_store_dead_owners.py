"""Calls of a process that is known to be dead: nobody will settle them, so a sweep may, whatever they were for."""

from datetime import UTC, datetime, timedelta

from services.domain.errand import Errand
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import Store
from services.store.sql_ledger import LONGEST_CALL, LONGEST_SETTLING, SqlLedger

CALL = Errand(CallContext("speak"), "openai", "gpt-4o-mini-tts", most_microusd=500)
SOON = LONGEST_SETTLING + timedelta(seconds=1)


async def test_they_are_forgotten_soon_and_the_living_ones_are_not(store: Store) -> None:
    living, dead = SqlLedger(store, owner="living"), SqlLedger(store, owner="dead")
    unnamed, kept, left = [await ledger.start(CALL) for ledger in (SqlLedger(store), living, dead)]
    settled = await dead.start(CALL)
    await dead.finish(settled, CallReport(CallOutcome.OK, Usage(1, 0, 1), 5, latency_ms=1))
    sweeper = SqlLedger(store, owner="sweeper", is_gone={"dead"}.__contains__)
    now = datetime.now(UTC)
    assert await sweeper.forgotten(now) == [], "whoever takes over knows more: let them settle it"
    assert [call.id for call in await sweeper.forgotten(now + SOON)] == [left]
    assert [call.id for call in await sweeper.forgotten(now + SOON + LONGEST_CALL)] == [unnamed, kept, left]


async def test_a_voice_for_an_answer_that_is_there_is_not_taken_for_lost(store: Store) -> None:
    """It is made for an attempt that has ended, by nobody's lease."""
    ledger = SqlLedger(store, owner="living", is_gone={"dead"}.__contains__)
    await ledger.start(CALL)
    assert await ledger.forgotten(datetime.now(UTC) + SOON) == []
