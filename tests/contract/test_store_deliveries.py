"""The outbox: order within a chat, claims that can be taken away, what leaves and what is known of it."""

import asyncio
from datetime import timedelta

import pytest

from services.domain.broadcast import Audience
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState, NewDelivery, Released
from services.store.ports import Store
from tests.store_rows import NOW, a_member

D = DeliveryState


def to_chat(chat_id: int, key: str, broadcast_id: int | None = None) -> NewDelivery:
    address, payload = ChatAddress(chat_id, 4, 5), {"generation_id": 7, "имя": "Вера"}
    return NewDelivery(DeliveryKind.DRAFT_DECIDED, address, key, payload, broadcast_id)


async def enqueue(store: Store, *keys_by_chat: tuple[int, str]) -> None:
    async with store.transaction() as tx:
        for chat_id, key in keys_by_chat:
            assert await tx.deliveries.add(to_chat(chat_id, key))


async def claim(store: Store, now_offset: int = 0, limit: int = 50) -> list[Delivery]:
    async with store.transaction() as tx:
        return list(await tx.deliveries.claim_due(NOW + timedelta(seconds=now_offset), limit))


async def leave(store: Store, row: Delivery, now_offset: int = 0) -> bool:
    async with store.transaction() as tx:
        return await tx.deliveries.leave(row.id, row.attempts, NOW + timedelta(seconds=now_offset))


async def settle(store: Store, row: Delivery, state: DeliveryState, code: str | None = None, wait: int = 0) -> bool:
    not_before = NOW + timedelta(seconds=wait) if wait else None
    async with store.transaction() as tx:
        return await tx.deliveries.settle(row.id, row.attempts, state, error_code=code, not_before=not_before)


async def release(store: Store, now_offset: int) -> Released:
    async with store.transaction() as tx:
        return await tx.deliveries.release_stuck(NOW + timedelta(seconds=now_offset))


async def counts(store: Store) -> dict[DeliveryState, int]:
    async with store.reading() as tx:
        return {state: count for state, count in (await tx.deliveries.counts()).items() if count}


async def test_one_event_is_one_row(store: Store) -> None:
    async with store.transaction() as tx:
        assert await tx.deliveries.add(to_chat(1, "decided:7"))
        assert not await tx.deliveries.add(to_chat(2, "decided:7"))
    (row,) = await claim(store)
    assert (row.kind, row.address, row.key) == (DeliveryKind.DRAFT_DECIDED, ChatAddress(1, 4, 5), "decided:7")
    assert row.payload == {"generation_id": 7, "имя": "Вера"}
    assert (row.state, row.attempts) == (D.SENDING, 1)


async def test_thousands_of_rows_are_written_at_once_and_only_once(store: Store) -> None:
    rows = [to_chat(number, f"b:{number}") for number in range(1, 2501)]
    async with store.transaction() as tx:
        assert await tx.deliveries.add_many([]) == 0
        assert await tx.deliveries.add_many(rows[:10]) == 10
        assert await tx.deliveries.add_many(rows) == 2490
        assert await tx.deliveries.add_many(rows) == 0
    assert await counts(store) == {D.NEW: 2500}
    assert [row.key for row in await claim(store, limit=3)] == ["b:1", "b:2", "b:3"]


async def test_a_chat_gets_its_messages_one_by_one_in_order(store: Store) -> None:
    await enqueue(store, (1, "a"), (1, "b"), (2, "c"), (1, "d"), (2, "e"), (3, "f"))
    first = await claim(store)
    assert [row.key for row in first] == ["a", "c", "f"]
    assert await claim(store) == []
    assert await settle(store, first[0], D.SENT)
    assert await settle(store, first[1], D.UNCERTAIN, "timeout")
    assert [row.key for row in await claim(store, limit=1)] == ["b"]
    assert [row.key for row in await claim(store)] == ["e"]


async def test_a_postponed_message_is_not_overtaken_in_its_chat(store: Store) -> None:
    await enqueue(store, (1, "a"), (1, "b"), (2, "c"))
    a, c = await claim(store)
    assert await settle(store, a, D.NEW, "flood", wait=30)
    assert await settle(store, c, D.DEAD, "blocked")
    assert await claim(store, 29) == []
    (again,) = await claim(store, 30)
    assert (again.key, again.attempts, again.error_code) == ("a", 2, "flood")
    assert await counts(store) == {D.NEW: 1, D.SENDING: 1, D.DEAD: 1}


async def test_workers_share_the_outbox_without_taking_a_row_twice(store: Store) -> None:
    await enqueue(store, *((chat, f"{chat}:{n}") for chat in range(1, 9) for n in range(4)))
    taken: list[str] = []

    async def work() -> None:
        while rows := await claim(store, limit=3):
            for row in rows:
                taken.append(row.key)
                assert await leave(store, row)
                assert await settle(store, row, D.SENT)

    await asyncio.gather(*(work() for _ in range(4)))
    assert len(taken) == len(set(taken)) == 32
    assert await counts(store) == {D.SENT: 32}
    for chat in range(1, 9):
        assert [key for key in taken if key.startswith(f"{chat}:")] == [f"{chat}:{n}" for n in range(4)]


async def test_rows_of_a_dead_sender_are_sent_again_only_when_they_never_left(store: Store) -> None:
    await enqueue(store, (1, "a"), (2, "b"), (3, "c"), (4, "d"))
    waiting, left, sent, late = await claim(store)
    assert await leave(store, left)
    assert await settle(store, sent, D.SENT)
    assert await leave(store, late, now_offset=2)
    assert await release(store, 0) == Released()
    assert await release(store, 1) == Released(returned=1, uncertain=1)
    assert await counts(store) == {D.NEW: 1, D.UNCERTAIN: 1, D.SENT: 1, D.SENDING: 1}
    (again,) = await claim(store, 2)
    assert (again.id, again.attempts, again.error_code) == (waiting.id, 2, "sender_died")


async def test_a_sender_that_beats_keeps_its_rows(store: Store) -> None:
    await enqueue(store, (1, "a"), (2, "b"))
    rows = await claim(store)
    claims = [(row.id, row.attempts) for row in rows]
    async with store.transaction() as tx:
        assert await tx.deliveries.beat(claims, NOW + timedelta(seconds=20)) == 2
        assert await tx.deliveries.beat([], NOW) == 0
        assert await tx.deliveries.beat([(rows[0].id, 7)], NOW + timedelta(hours=1)) == 0
    assert await release(store, 20) == Released()
    assert await release(store, 21) == Released(returned=2)
    async with store.transaction() as tx:
        assert await tx.deliveries.beat(claims, NOW + timedelta(seconds=21)) == 0


async def test_who_lost_the_claim_neither_sends_nor_settles(store: Store) -> None:
    await enqueue(store, (1, "a"))
    (frozen,) = await claim(store)
    await release(store, 1)
    assert not await leave(store, frozen)
    assert not await settle(store, frozen, D.DEAD)
    (taken_over,) = await claim(store)
    assert not await leave(store, frozen)
    assert not await settle(store, frozen, D.NEW)
    assert await leave(store, taken_over)
    assert await leave(store, taken_over), "the second part of a long message"
    assert await settle(store, taken_over, D.SENT)
    assert await counts(store) == {D.SENT: 1}


async def test_a_late_answer_is_believed_until_somebody_else_decides(store: Store) -> None:
    await enqueue(store, (1, "a"), (2, "b"))
    answered, given_up = await claim(store)
    assert await leave(store, answered)
    assert await leave(store, given_up)
    assert await release(store, 1) == Released(uncertain=2)
    assert not await leave(store, answered), "the rest of an uncertain message stays here"
    assert await settle(store, answered, D.SENT)
    async with store.transaction() as tx:
        assert await tx.dead_letters.resend(given_up.id, given_up.attempts)
    assert not await settle(store, given_up, D.SENT)
    assert await counts(store) == {D.SENT: 1, D.NEW: 1}


async def test_a_settled_delivery_stays_settled(store: Store) -> None:
    await enqueue(store, (1, "a"))
    (row,) = await claim(store)
    assert await settle(store, row, D.SENT)
    assert not await settle(store, row, D.NEW)
    assert await counts(store) == {D.SENT: 1}


async def test_what_waits_for_a_closed_chat_is_given_up_and_for_a_moved_one_moves(store: Store) -> None:
    await enqueue(store, (1, "a"), (1, "b"), (-2, "c"), (-2, "d"), (3, "e"))
    a, c, _ = await claim(store)
    async with store.transaction() as tx:
        assert await tx.deliveries.close_chat(1) == 1
        assert await tx.deliveries.move_chat(-2, -1002) == 2
    assert await settle(store, a, D.DEAD, "chat_closed")
    assert await settle(store, c, D.NEW)
    (moved,) = await claim(store)
    assert (moved.key, moved.address) == ("c", ChatAddress(-1002))
    assert await counts(store) == {D.DEAD: 2, D.SENDING: 2, D.NEW: 1}


async def test_a_stopped_broadcast_keeps_what_is_on_its_way(store: Store) -> None:
    author = await a_member(store)
    async with store.transaction() as tx:
        broadcast = await tx.broadcasts.add(author.id, ChatAddress(1, None, 9), Audience.MEMBERS)
        await tx.deliveries.add_many([to_chat(chat, f"b:{chat}", broadcast.id) for chat in range(1, 6)])
        await tx.deliveries.add(to_chat(9, "other"))
        first, second = await tx.deliveries.claim_due(NOW, 2)
        assert await tx.deliveries.settle(first.id, first.attempts, D.SENT, sent_message_id=31)
        assert await tx.deliveries.cancel_new(broadcast.id) == 3
        assert await tx.deliveries.cancel_new(broadcast.id) == 0
    async with store.reading() as tx:
        found = await tx.deliveries.broadcast_counts(broadcast.id)
    assert {state: count for state, count in found.items() if count} == {D.SENT: 1, D.SENDING: 1, D.CANCELLED: 3}
    assert second.broadcast_id == broadcast.id
    assert [row.key for row in await claim(store)] == ["other"]


async def test_the_oldest_that_waits(store: Store) -> None:
    async with store.reading() as tx:
        assert await tx.deliveries.oldest_waiting() is None
    await enqueue(store, (1, "a"))
    async with store.reading() as tx:
        assert await tx.deliveries.oldest_waiting() is not None
    (row,) = await claim(store)
    assert await settle(store, row, D.SENT)
    async with store.reading() as tx:
        assert await tx.deliveries.oldest_waiting() is None


@pytest.mark.parametrize("code", [None, "refused"])
async def test_dead_letters_are_what_people_can_do_something_about(store: Store, code: str | None) -> None:
    await enqueue(store, (1, "a"), (2, "b"), (3, "c"), (4, "d"))
    dead, uncertain, closed, _ = await claim(store)
    await settle(store, dead, D.DEAD, code)
    await settle(store, uncertain, D.UNCERTAIN, "no_answer")
    await settle(store, closed, D.DEAD, "chat_closed")
    async with store.transaction() as tx:
        assert await tx.dead_letters.count() == 2
        assert [letter.delivery.key for letter in await tx.dead_letters.page(0, 10)] == ["b", "a"]
        assert [letter.delivery.key for letter in await tx.dead_letters.page(1, 10)] == ["a"]
        assert not await tx.dead_letters.resend(dead.id, dead.attempts + 1)
        assert not await tx.dead_letters.forget(closed.id, closed.attempts)
        assert await tx.dead_letters.resend(dead.id, dead.attempts)
        assert not await tx.dead_letters.resend(dead.id, dead.attempts)
        assert await tx.dead_letters.forget(uncertain.id, uncertain.attempts)
        assert not await tx.dead_letters.resend(uncertain.id, uncertain.attempts)
        assert await tx.dead_letters.count() == 0
    (again,) = await claim(store)
    assert (again.id, again.attempts, again.error_code) == (dead.id, 2, None)


async def test_all_dead_letters_at_once_are_those_that_were_seen(store: Store) -> None:
    await enqueue(store, (1, "a"), (2, "b"), (3, "c"))
    dead, uncertain, another = await claim(store)
    await settle(store, dead, D.DEAD)
    await settle(store, uncertain, D.UNCERTAIN)
    async with store.transaction() as tx:
        seen_at = max(letter.settled_at for letter in await tx.dead_letters.page(0, 10))
        assert await tx.dead_letters.resend_dead(seen_at - timedelta(days=1)) == 0
        assert await tx.dead_letters.resend_dead(seen_at) == 1
        assert await tx.dead_letters.forget_all(seen_at) == 1
    await settle(store, another, D.DEAD)
    async with store.transaction() as tx:
        assert await tx.dead_letters.forget_all(seen_at) == 0
        assert await tx.dead_letters.count() == 1


async def test_a_courtesy_that_did_not_arrive_bothers_nobody(store: Store) -> None:
    async with store.transaction() as tx:
        for number, key in enumerate(("a", "b"), 1):
            await tx.deliveries.add(NewDelivery(DeliveryKind.VOICE_REPLY, ChatAddress(number), key))
    dead, uncertain = await claim(store)
    await settle(store, dead, D.DEAD)
    await settle(store, uncertain, D.UNCERTAIN)
    async with store.reading() as tx:
        assert await tx.dead_letters.count() == 0
        assert (await tx.dead_letters.unreported()).total == 0
        assert await tx.dead_letters.page(0, 10) == []


async def test_administrators_are_told_once_and_never_of_an_alert(store: Store) -> None:
    alert = NewDelivery(DeliveryKind.DEAD_LETTERS, ChatAddress(8), "alert")
    await enqueue(store, (1, "a"), (2, "b"))
    async with store.transaction() as tx:
        await tx.deliveries.add(alert)
    first, second, lost_alert = await claim(store)
    await settle(store, first, D.DEAD)
    await settle(store, lost_alert, D.UNCERTAIN)
    async with store.transaction() as tx:
        unreported = await tx.dead_letters.unreported()
        assert unreported.total == 1
        assert unreported.oldest == unreported.newest is not None
        await tx.dead_letters.mark_reported(unreported.newest, NOW)
        assert (await tx.dead_letters.unreported()).total == 0
        assert await tx.dead_letters.count() == 2
    await settle(store, second, D.UNCERTAIN)
    async with store.reading() as tx:
        assert (await tx.dead_letters.unreported()).total == 1
