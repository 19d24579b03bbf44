"""Ledger, outbox, inbox, audit, notes."""

import asyncio
from datetime import timedelta

from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState, NewDelivery
from services.domain.generation import PromptRelease
from services.domain.usage import CallContext, CallOutcome, CallReport, Usage
from services.llm.ports import CallLedger
from services.store.ports import CallTotals, Store
from services.store.sql_ledger import SqlLedger
from tests.store_rows import NOW, a_member, an_attempt

D = DeliveryState


def report(cost: int | None, outcome: CallOutcome = CallOutcome.OK) -> CallReport:
    return CallReport(outcome, Usage(100, 40, 20), cost, latency_ms=900, first_token_ms=120, finish_reason="stop")


async def test_a_call_is_in_the_ledger_before_it_leaves_and_settled_once(store: Store) -> None:
    ledger: CallLedger = SqlLedger(store)
    attempt = await an_attempt(store)
    context = CallContext("idea", member_id=attempt.requested_by, generation_id=attempt.id, brief_id=attempt.brief_id)
    call = await ledger.start(context, "openai", "gpt-4.1", PromptRelease("idea", "1", "f" * 64))
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
            call = await tx.calls.start(context, "local", "llama", None)
            await tx.calls.finish(call, report(cost))
        assert await tx.calls.totals() == CallTotals(2, 200, 80, 40, 5, 1)
        assert await tx.calls.totals(member_id=member.id) == CallTotals(1, 100, 40, 20, 5, 0)
        assert await tx.calls.totals(since=NOW + timedelta(days=20_000)) == CallTotals(0, 0, 0, 0, 0, 0)
        assert (await tx.calls.totals(since=NOW - timedelta(days=2))).calls == 2


def to_chat(chat_id: int, key: str) -> NewDelivery:
    return NewDelivery(DeliveryKind.DRAFT_DECIDED, ChatAddress(chat_id, 4, 5), key, {"generation_id": 7, "имя": "Вера"})


async def enqueue(store: Store, *keys_by_chat: tuple[int, str]) -> None:
    async with store.transaction() as tx:
        for chat_id, key in keys_by_chat:
            assert await tx.deliveries.add(to_chat(chat_id, key))


async def claim(store: Store, now_offset: int = 0, limit: int = 50) -> list[Delivery]:
    async with store.transaction() as tx:
        return list(await tx.deliveries.claim_due(NOW + timedelta(seconds=now_offset), limit))


async def test_one_event_is_one_row(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.deliveries.add(to_chat(1, "decided:7"))
        assert not await tx.deliveries.add(to_chat(2, "decided:7"))
    (row,) = await claim(store)
    assert (row.kind, row.address, row.key) == (DeliveryKind.DRAFT_DECIDED, ChatAddress(1, 4, 5), "decided:7")
    assert row.payload == {"generation_id": 7, "имя": "Вера"}
    assert (row.state, row.attempts) == (D.SENDING, 1)


async def test_a_chat_gets_its_messages_one_by_one_in_order(store: Store) -> None:
    await enqueue(store, (1, "a"), (1, "b"), (2, "c"), (1, "d"), (2, "e"), (3, "f"))
    first = await claim(store)
    assert [row.key for row in first] == ["a", "c", "f"]
    assert await claim(store) == []
    async with store.transaction() as tx:
        await tx.deliveries.settle(first[0].id, D.SENT)
        await tx.deliveries.settle(first[1].id, D.UNCERTAIN, error_code="timeout")
    assert [row.key for row in await claim(store, limit=1)] == ["b"]
    assert [row.key for row in await claim(store)] == ["e"]


async def test_a_postponed_message_is_not_overtaken_in_its_chat(store: Store) -> None:
    await enqueue(store, (1, "a"), (1, "b"), (2, "c"))
    a, c = await claim(store)
    async with store.transaction() as tx:
        await tx.deliveries.settle(a.id, D.NEW, error_code="flood", not_before=NOW + timedelta(seconds=30))
        await tx.deliveries.settle(c.id, D.DEAD, error_code="blocked")
    assert await claim(store, 29) == []
    (again,) = await claim(store, 30)
    assert (again.key, again.attempts, again.error_code) == ("a", 2, "flood")
    async with store.reading() as tx:
        assert await tx.deliveries.counts() == {
            D.NEW: 1,
            D.SENDING: 1,
            D.SENT: 0,
            D.UNCERTAIN: 0,
            D.DEAD: 1,
            D.CANCELLED: 0,
        }


async def test_workers_share_the_outbox_without_taking_a_row_twice(store: Store) -> None:
    await enqueue(store, *((chat, f"{chat}:{n}") for chat in range(1, 9) for n in range(4)))
    taken: list[str] = []

    async def work() -> None:
        while rows := await claim(store, limit=3):
            for row in rows:
                taken.append(row.key)
                async with store.transaction() as tx:
                    await tx.deliveries.settle(row.id, D.SENT)

    await asyncio.gather(*(work() for _ in range(4)))
    async with store.reading() as tx:
        counts = await tx.deliveries.counts()
    assert len(taken) == len(set(taken)) == 32
    assert (counts[D.SENT], counts[D.NEW]) == (32, 0)
    for chat in range(1, 9):
        assert [key for key in taken if key.startswith(f"{chat}:")] == [f"{chat}:{n}" for n in range(4)]


async def test_rows_of_a_dead_sender_are_given_out_again(store: Store) -> None:
    await enqueue(store, (1, "a"), (1, "b"), (2, "c"))
    a, c = await claim(store)
    async with store.transaction() as tx:
        assert await tx.deliveries.release_stuck(NOW) == 0
        await tx.deliveries.settle(c.id, D.SENT)
        assert await tx.deliveries.release_stuck(NOW + timedelta(seconds=1)) == 1
    (again,) = await claim(store, 2)
    assert (again.id, again.attempts) == (a.id, 2)


async def test_a_settled_delivery_stays_settled(store: Store) -> None:
    await enqueue(store, (1, "a"))
    (row,) = await claim(store)
    async with store.transaction() as tx:
        await tx.deliveries.settle(row.id, D.SENT)
        await tx.deliveries.settle(row.id, D.NEW)
        assert (await tx.deliveries.counts())[D.SENT] == 1


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
