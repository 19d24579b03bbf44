"""Old rows go, and what waits is found by its rows."""

from datetime import timedelta

from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from services.store.sql_store import SqlStore
from tests.store_rows import NOW, a_member, an_attempt

LATER = NOW + timedelta(days=60)


async def settled(store: SqlStore, key: str, state: DeliveryState) -> None:
    async with store.transaction() as tx:
        await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(abs(hash(key)) % 10**9), key))
        (row,) = await tx.deliveries.claim_due(LATER)
        await tx.deliveries.settle(row.id, row.attempts, state)


async def test_old_messages_go_and_what_people_should_see_stays(store: SqlStore) -> None:
    store._now = lambda: NOW
    for state in (DeliveryState.SENT, DeliveryState.DEAD, DeliveryState.UNCERTAIN):
        await settled(store, state.value, state)
    async with store.transaction() as tx:
        assert await tx.old_rows.purge_deliveries(NOW) == 0
        assert await tx.old_rows.purge_deliveries(NOW + timedelta(seconds=1)) == 1
        counts = await tx.deliveries.counts()
    assert (counts[DeliveryState.SENT], counts[DeliveryState.DEAD], counts[DeliveryState.UNCERTAIN]) == (0, 1, 1)


async def test_purging_takes_a_bounded_bite(store: SqlStore) -> None:
    store._now = lambda: NOW
    for number in range(3):
        await settled(store, f"sent-{number}", DeliveryState.SENT)
    async with store.transaction() as tx:
        assert [await tx.old_rows.purge_deliveries(LATER, 2) for _ in range(3)] == [2, 1, 0]


async def test_a_person_is_asked_once_about_a_draft(store: SqlStore) -> None:
    attempt, approver, other = await an_attempt(store), await a_member(store), await a_member(store)
    async with store.transaction() as tx:
        assert await tx.review_requests.add(attempt.id, approver.id, other.id)
        assert not await tx.review_requests.add(attempt.id, approver.id, None)
        assert await tx.review_requests.add(attempt.id, other.id, None)


async def test_what_is_held_by_intention_holds_nothing_else_up(store: SqlStore) -> None:
    night = NOW + timedelta(hours=8)
    async with store.transaction() as tx:
        await tx.deliveries.add(NewDelivery(DeliveryKind.REVIEW_EXPIRED, ChatAddress(5), "held", not_before=night))
        await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(5), "urgent"))
        (urgent,) = await tx.deliveries.claim_due(NOW)
        assert urgent.key == "urgent"
        assert await tx.deliveries.claim_due(night) == [], "one at a time in a chat"
        await tx.deliveries.settle(urgent.id, urgent.attempts, DeliveryState.SENT)
        (held,) = await tx.deliveries.claim_due(night)
    assert held.key == "held"


async def test_one_that_is_tried_again_keeps_its_place(store: SqlStore) -> None:
    async with store.transaction() as tx:
        for key in ("first", "second"):
            await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(5), key))
        (first,) = await tx.deliveries.claim_due(NOW)
        await tx.deliveries.settle(first.id, first.attempts, DeliveryState.NEW, not_before=NOW + timedelta(minutes=1))
        assert await tx.deliveries.claim_due(NOW) == [], "people read in order"
