import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.outbox import StoreOutbox
from services.delivery.ports import NotSent, Uncertain, Undeliverable
from services.delivery.service import DrainReport, OutboxDrain
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryKind, DeliveryState, NewDelivery
from services.domain.errors import StoreUnavailable
from services.store.sql_store import SqlStore
from tests.fakes.clock import ManualClock
from tests.fakes.delivery_sender import RecordingDeliverySender


class Post:
    """An outbox in a real database, with a clock that the test moves."""

    def __init__(self, store: SqlStore) -> None:
        self.clock = ManualClock()
        self.store = SqlStore(store._engine, now=self.clock.now)
        self.outbox = StoreOutbox(self.store)
        self.sender = RecordingDeliverySender()

    def drain(self, **options: int) -> OutboxDrain:
        return OutboxDrain(self.outbox, self.sender, self.clock, **options)  # type: ignore[arg-type]

    async def write(self, *keys: str, chat_id: int = 1) -> None:
        async with self.store.transaction() as tx:
            for key in keys:
                assert await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(chat_id), key))

    async def counts(self) -> dict[DeliveryState, int]:
        async with self.store.reading() as tx:
            return {state: count for state, count in (await tx.deliveries.counts()).items() if count}


@pytest.fixture
def post(store: SqlStore) -> Post:
    return Post(store)


async def test_everything_due_is_sent_in_order_within_a_chat(post: Post) -> None:
    async def slowly_at_first(delivery: Delivery) -> None:
        await asyncio.sleep(0.02 if delivery.key.endswith("0") else 0)

    post.sender.behave = slowly_at_first
    for number in range(5):
        for chat_id in (1, 2, 3):
            await post.write(f"{chat_id}:{number}", chat_id=chat_id)
    report = await post.drain().drain()
    assert report == DrainReport(sent=15)
    for chat_id in (1, 2, 3):
        keys = [key for key in post.sender.sent if key.startswith(f"{chat_id}:")]
        assert keys == [f"{chat_id}:{number}" for number in range(5)]
    assert await post.counts() == {DeliveryState.SENT: 15}


async def test_many_are_in_flight_and_never_two_in_a_chat(post: Post) -> None:
    flying: list[int] = []
    most, doubled = 0, False

    async def fly(delivery: Delivery) -> None:
        nonlocal most, doubled
        doubled |= delivery.address.chat_id in flying
        flying.append(delivery.address.chat_id)
        most = max(most, len(flying))
        await asyncio.sleep(0.01)
        flying.remove(delivery.address.chat_id)

    post.sender.behave = fly
    for number in range(30):
        await post.write(f"k{number}", chat_id=number % 15)
    await post.drain(in_flight=8).drain()
    assert most == 8
    assert not doubled
    assert await post.counts() == {DeliveryState.SENT: 30}


async def test_what_was_not_sent_is_tried_again_when_its_time_comes(post: Post) -> None:
    async def refuse(_: Delivery) -> None:
        raise NotSent(retry_after=30)

    post.sender.behave = refuse
    await post.write("first", "second")
    drain = post.drain()
    assert await drain.drain() == DrainReport(postponed=1)
    assert await drain.drain() == DrainReport()  # the second does not overtake the first
    post.clock.advance(seconds=29)
    assert await drain.drain() == DrainReport()
    post.clock.advance(seconds=2)
    post.sender.behave = RecordingDeliverySender().behave
    assert await drain.drain() == DrainReport(sent=2)
    assert post.sender.sent == ["first", "second"]


async def test_pauses_grow_and_a_day_later_it_is_given_up(post: Post) -> None:
    moments: list[datetime] = []

    async def refuse(_: Delivery) -> None:
        moments.append(post.clock.now())
        raise NotSent(retry_after=0)

    post.sender.behave = refuse
    await post.write("k")
    drain = post.drain()
    for _ in range(26 * 12):
        await drain.drain()
        post.clock.advance(minutes=5)
    pauses = [later - earlier for earlier, later in pairwise(moments)]
    assert pauses[0] == timedelta(minutes=5)
    assert max(pauses) <= timedelta(minutes=15)
    assert timedelta(hours=24) <= moments[-1] - moments[0] <= timedelta(hours=24, minutes=15)
    assert await post.counts() == {DeliveryState.DEAD: 1}


@pytest.mark.parametrize(
    ("error", "state"),
    [(Undeliverable("blocked"), DeliveryState.DEAD), (Uncertain("timeout"), DeliveryState.UNCERTAIN)],
)
async def test_what_must_not_be_repeated_is_not(post: Post, error: Exception, state: DeliveryState) -> None:
    async def fail(delivery: Delivery) -> None:
        if delivery.key == "bad":
            raise error

    post.sender.behave = fail
    await post.write("bad", "good")
    await post.drain().drain()
    assert post.sender.tried == ["bad", "good"]
    assert await post.counts() == {state: 1, DeliveryState.SENT: 1}


async def test_a_row_that_cannot_be_rendered_is_a_dead_letter_after_some_tries(post: Post) -> None:
    async def broken(delivery: Delivery) -> None:
        raise KeyError("name")

    post.sender.behave = broken
    await post.write("k")
    drain = post.drain(max_broken_attempts=3)
    for _ in range(6):
        await drain.drain()
        post.clock.advance(minutes=30)
    assert post.sender.tried == ["k"] * 3
    assert await post.counts() == {DeliveryState.DEAD: 1}


async def test_the_rows_of_a_sender_that_died_are_sent_by_another(post: Post) -> None:
    await post.write("k")
    claimed = await post.outbox.claim_due(post.clock.now(), 10)  # and the process is killed
    assert [delivery.key for delivery in claimed] == ["k"]
    drain = post.drain()
    post.clock.advance(minutes=9)
    assert await drain.drain() == DrainReport()
    post.clock.advance(minutes=2)
    assert await drain.drain() == DrainReport(sent=1)


async def test_a_stop_finishes_what_is_under_way_and_leaves_the_rest(post: Post) -> None:
    drain = post.drain()

    async def stop_then_arrive(_: Delivery) -> None:
        drain.stop()
        await asyncio.sleep(0.01)

    post.sender.behave = stop_then_arrive
    await post.write("a", "b")
    assert await drain.drain() == DrainReport(sent=1)
    assert await post.counts() == {DeliveryState.SENT: 1, DeliveryState.NEW: 1}


async def test_a_second_drain_leaves_the_work_to_the_first_which_looks_once_more(post: Post) -> None:
    drain = post.drain()
    second: list[DrainReport] = []

    async def another_row_comes(delivery: Delivery) -> None:
        if delivery.key == "a":
            await post.write("late", chat_id=2)
            second.append(await drain.drain())

    post.sender.behave = another_row_comes
    await post.write("a")
    assert await drain.drain() == DrainReport(sent=2)
    assert second == [DrainReport()]
    assert post.sender.sent == ["a", "late"]


async def test_a_result_that_could_not_be_written_is_written_later(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.delivery.service.SETTLE_RETRY_SECONDS", (0.001, 0.001))
    outbox = StoreOutbox(post.store)
    failures = iter([True, True, False])
    settle = outbox.settle

    async def fail_twice(delivery_id: int, state: DeliveryState, **facts: object) -> None:
        if next(failures):
            raise StoreUnavailable("locked")
        await settle(delivery_id, state, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(outbox, "settle", fail_twice)
    await post.write("k")
    assert await OutboxDrain(outbox, post.sender, post.clock).drain() == DrainReport(sent=1)
    assert post.sender.tried == ["k"]
    assert await post.counts() == {DeliveryState.SENT: 1}


async def test_a_store_that_is_away_is_said_plainly_and_the_next_drain_works(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = StoreOutbox(post.store)
    drain = OutboxDrain(outbox, post.sender, post.clock)

    async def away(now: datetime, limit: int) -> Sequence[Delivery]:
        raise StoreUnavailable("gone")

    with monkeypatch.context() as patched:
        patched.setattr(outbox, "claim_due", away)
        with pytest.raises(StoreUnavailable):
            await drain.drain()
    await post.write("k")
    assert await drain.drain() == DrainReport(sent=1)
