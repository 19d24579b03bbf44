"""Ledger, audit, notes."""

from datetime import timedelta

from services.domain.errand import Errand
from services.domain.generation import PromptRelease
from services.domain.metering import CallLedger
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.store.ports import CallTotals, Store
from services.store.sql_ledger import SqlLedger
from tests.store_rows import NOW, a_member, an_attempt


def report(cost: int | None, outcome: CallOutcome = CallOutcome.OK) -> CallReport:
    return CallReport(outcome, Usage(100, 40, 20), cost, latency_ms=900, first_token_ms=120, finish_reason="stop")


async def test_a_call_is_in_the_ledger_before_it_leaves_and_settled_once(store: Store) -> None:
    ledger: CallLedger = SqlLedger(store)
    attempt = await an_attempt(store)
    context = CallContext("idea", member_id=attempt.requested_by, generation_id=attempt.id, brief_id=attempt.brief_id)
    call = await ledger.start(Errand(context, "openai", "gpt-4.1", PromptRelease("idea", "1", "f" * 64)))
    async with store.reading() as tx:
        assert await tx.calls.totals() == CallTotals(1, 0, 0, 0, 0, 0)
    await ledger.finish(call, report(1500))
    await ledger.finish(call, report(9_999_999))
    async with store.reading() as tx:
        assert await tx.calls.totals() == CallTotals(1, 100, 40, 20, 1500, 0)


async def test_totals_by_person_and_time(store: Store) -> None:
    member = await a_member(store)
    async with store.transaction() as tx:
        for context, cost in ((CallContext("idea", member_id=member.id), 5), (CallContext("ask"), None)):
            call = await tx.calls.start(Errand(context, "local", "llama"), NOW.date())
            await tx.calls.finish(call, report(cost))
        assert await tx.calls.totals() == CallTotals(2, 200, 80, 40, 5, 1)
        assert await tx.calls.totals(member_id=member.id) == CallTotals(1, 100, 40, 20, 5, 0)
        assert await tx.calls.totals(since=NOW + timedelta(days=20_000)) == CallTotals(0, 0, 0, 0, 0, 0)
        assert (await tx.calls.totals(since=NOW - timedelta(days=2))).calls == 2


async def test_the_audit_comes_newest_first(store: Store) -> None:
    member = await a_member(store)
    async with store.transaction() as tx:
        await tx.audit.add("access_granted", member.id, by=3, name="Вера")
        await tx.audit.add("started", None)
        (_, latest, nobody, facts), (at, event, by, about) = await tx.audit.recent()
        assert (latest, nobody, facts) == ("started", None, {})
        assert (event, by, about) == ("access_granted", member.id, {"by": 3, "name": "Вера"})
        assert at.utcoffset() == timedelta(0)
        assert len(await tx.audit.recent(limit=1)) == 1


async def test_notes_are_kept_by_key(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.notes.get("pending:1") is None
        await tx.notes.put("pending:1", {"purpose": "brief"})
        await tx.notes.put("pending:1", {"purpose": "refine", "ids": [1, 2], "none": None})
    async with store.transaction() as tx:
        assert await tx.notes.get("pending:1") == {"purpose": "refine", "ids": [1, 2], "none": None}
        assert await tx.notes.delete("pending:1")
        assert not await tx.notes.delete("pending:1")
        assert await tx.notes.get("pending:1") is None
