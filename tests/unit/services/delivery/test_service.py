"""What is drained, in which order, and when a drain ends."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from bot.outbox import StoreOutbox
from services.delivery.ports import NotSent
from services.delivery.service import DrainReport, OutboxDrain, Pace
from services.delivery.verdict import Patience
from services.domain.delivery import Delivery, DeliveryState
from services.domain.errors import StoreUnavailable
from tests.fakes.delivery_sender import at_once
from tests.unit.bot.waiting import until
from tests.unit.services.delivery.post import Post


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
        await asyncio.sleep(0.02)
        flying.remove(delivery.address.chat_id)

    post.sender.behave = fly
    for number in range(30):
        await post.write(f"k{number}", chat_id=number % 15)
    await post.drain(pace=Pace(ahead=8)).drain()
    assert most == 8
    assert not doubled
    assert await post.counts() == {DeliveryState.SENT: 30}


async def test_rows_whose_answer_is_awaited_do_not_keep_others_from_leaving(post: Post) -> None:
    answer = asyncio.Event()

    async def slow(_: Delivery) -> None:
        await answer.wait()

    post.sender.on_the_wire = slow
    for number in range(40):
        await post.write(f"k{number}", chat_id=number)
    async with asyncio.TaskGroup() as group:
        draining = group.create_task(post.drain(pace=Pace(ahead=4, most=30)).drain())
        await until(lambda: len(post.sender.left) == 30, "as many as may be in flight")
        answer.set()
    assert draining.result() == DrainReport(sent=40)


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
    post.clock.advance(seconds=1)
    post.sender.behave = at_once
    assert await drain.drain() == DrainReport(sent=2)
    assert post.sender.sent == ["first", "second"]


async def test_pauses_grow_and_a_day_later_it_is_given_up(post: Post) -> None:
    moments: list[datetime] = []

    async def refuse(_: Delivery) -> None:
        moments.append(post.clock.now())
        raise NotSent

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


async def test_a_row_that_cannot_be_rendered_is_a_dead_letter_after_some_tries(post: Post) -> None:
    async def broken(delivery: Delivery) -> None:
        raise KeyError("name")

    post.sender.behave = broken
    await post.write("k")
    drain = post.drain(patience=Patience(max_broken_attempts=3))
    for _ in range(6):
        await drain.drain()
        post.clock.advance(minutes=30)
    assert post.sender.tried == ["k"] * 3
    assert await post.counts() == {DeliveryState.DEAD: 1}


async def test_a_stop_finishes_what_is_under_way_and_leaves_the_rest(post: Post) -> None:
    drain = post.drain()

    async def stop_then_arrive(_: Delivery) -> None:
        drain.stop()
        await asyncio.sleep(0.01)

    post.sender.behave = stop_then_arrive
    await post.write("a", "b")
    assert await drain.drain() == DrainReport(sent=1)
    assert await post.counts() == {DeliveryState.SENT: 1, DeliveryState.NEW: 1}


async def test_a_drain_with_an_end_claims_nothing_after_it(post: Post) -> None:
    async def take_a_minute(_: Delivery) -> None:
        post.clock.advance(minutes=1)

    post.sender.behave = take_a_minute
    await post.write("a", "b", "c")
    assert await post.drain().drain(at_most_seconds=90) == DrainReport(sent=2)
    assert await post.counts() == {DeliveryState.SENT: 2, DeliveryState.NEW: 1}


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


async def test_what_is_on_its_way_is_settled_although_nothing_more_can_be_claimed(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim_due, calls = post.outbox.claim_due, 0

    async def once(now: datetime, limit: int) -> Sequence[Delivery]:
        nonlocal calls
        calls += 1
        if calls > 1:
            raise StoreUnavailable("gone")
        return await claim_due(now, limit)

    async def take_a_while(_: Delivery) -> None:
        await asyncio.sleep(0.2 if _.key == "slow" else 0)

    monkeypatch.setattr(post.outbox, "claim_due", once)
    post.sender.on_the_wire = take_a_while
    await post.write("slow")
    await post.write("quick", chat_id=2)
    with pytest.raises(StoreUnavailable):
        await post.drain(pace=Pace(ahead=2)).drain()
    assert await post.counts() == {DeliveryState.SENT: 2}
