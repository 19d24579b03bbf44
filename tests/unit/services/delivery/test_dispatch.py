"""One row on its way: what is repeated, what is not, and who may speak for it."""

import asyncio

import pytest

from services.delivery.ports import ChatMoved, NotNeeded, NotSent, Uncertain, Undeliverable
from services.delivery.service import DrainReport
from services.delivery.verdict import Patience
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryState
from services.domain.errors import StoreUnavailable
from tests.fakes.delivery_sender import at_once
from tests.unit.services.delivery.post import Post

D = DeliveryState


async def error_codes(post: Post) -> list[str | None]:
    async with post.store.reading() as tx:
        return [letter.delivery.error_code for letter in await tx.dead_letters.page(0, 10)]


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Undeliverable("blocked"), D.DEAD),
        (Uncertain("timeout"), D.UNCERTAIN),
        (KeyError("an answer that nobody foresaw"), D.UNCERTAIN),
        (NotNeeded(), D.CANCELLED),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.value,
)
async def test_what_must_not_be_repeated_is_not(post: Post, error: Exception, state: DeliveryState) -> None:
    async def fail(delivery: Delivery) -> None:
        if delivery.key == "bad":
            raise error

    post.sender.on_the_wire = fail
    await post.write("bad", "good")
    await post.drain().drain()
    assert post.sender.tried == ["bad", "good"]
    assert await post.counts() == {state: 1, D.SENT: 1}


async def test_a_refusal_on_the_wire_is_tried_again(post: Post) -> None:
    async def flood(_: Delivery) -> None:
        post.sender.on_the_wire = at_once
        raise NotSent(retry_after=3)

    post.sender.on_the_wire = flood
    await post.write("k")
    drain = post.drain()
    assert await drain.drain() == DrainReport(postponed=1)
    post.clock.advance(seconds=3)
    assert await drain.drain() == DrainReport(sent=1)
    assert post.sender.left == ["k", "k"]


@pytest.mark.parametrize("error", [NotSent(retry_after=3), Undeliverable("too long"), Uncertain()])
async def test_a_long_message_of_which_a_part_arrived_is_uncertain(post: Post, error: Exception) -> None:
    async def fail_at_the_second(_: Delivery) -> None:
        if len(post.sender.left) == 2:
            raise error

    post.sender.parts = 3
    post.sender.on_the_wire = fail_at_the_second
    await post.write("k")
    assert await post.drain().drain() == DrainReport(uncertain=1)
    assert post.sender.left == ["k", "k"]
    assert await error_codes(post) == ["partial"]


async def test_a_long_message_leaves_under_one_claim(post: Post) -> None:
    post.sender.parts = 3
    await post.write("k")
    assert await post.drain().drain() == DrainReport(sent=1)
    assert post.sender.left == ["k"] * 3


async def test_who_lost_the_claim_while_waiting_for_a_slot_does_not_send(post: Post) -> None:
    async def freeze(_: Delivery) -> None:
        post.sender.behave = at_once
        post.clock.advance(minutes=1)
        other = post.drain()  # of another process
        assert await other.drain() == DrainReport(sent=1)

    post.sender.behave = freeze
    await post.write("k")
    assert await post.drain().drain() == DrainReport(lost=1)
    assert post.sender.tried == ["k", "k"]
    assert post.sender.left == ["k"]
    assert await post.counts() == {D.SENT: 1}


async def test_a_frozen_sender_whose_request_had_left_is_believed_when_it_wakes(post: Post) -> None:
    async def freeze(_: Delivery) -> None:
        post.clock.advance(minutes=1)
        assert await post.drain().drain() == DrainReport()
        assert await post.counts() == {D.UNCERTAIN: 1}

    post.sender.on_the_wire = freeze
    await post.write("k")
    assert await post.drain().drain() == DrainReport(sent=1)
    assert post.sender.left == ["k"]
    assert await post.counts() == {D.SENT: 1}


async def test_a_row_that_gets_no_slot_goes_back(post: Post) -> None:
    async def wait_for_ever(_: Delivery) -> None:
        await asyncio.Event().wait()

    post.sender.behave = wait_for_ever
    await post.write("k")
    drain = post.drain(patience=Patience(slot_seconds=0.01))
    assert await drain.drain() == DrainReport(postponed=1)
    post.clock.advance(seconds=5)
    post.sender.behave = at_once
    assert await drain.drain() == DrainReport(sent=1)


async def test_a_row_that_left_is_not_given_up_for_being_slow(post: Post) -> None:
    async def slowly(_: Delivery) -> None:
        await asyncio.sleep(0.1)

    post.sender.on_the_wire = slowly
    await post.write("k")
    assert await post.drain(patience=Patience(slot_seconds=0.05)).drain() == DrainReport(sent=1)


async def test_a_moved_group_gets_its_messages_in_its_new_place(post: Post) -> None:
    async def move(delivery: Delivery) -> None:
        if delivery.address.chat_id == -5:
            raise ChatMoved(-1005)

    post.sender.on_the_wire = move
    await post.write("a", "b", chat_id=-5)
    assert await post.drain().drain() == DrainReport(sent=2, postponed=1)
    assert post.sender.sent == ["a", "b"]


async def test_a_closed_chat_is_told_of(post: Post) -> None:
    closed: list[int] = []

    async def blocked(_: Delivery) -> None:
        raise Undeliverable("Forbidden: bot was blocked by the user", code="chat_closed")

    async def close(chat_id: int) -> None:
        closed.append(chat_id)
        async with post.store.transaction() as tx:
            await tx.deliveries.close_chat(chat_id)

    post.sender.on_the_wire = blocked
    await post.write("a", "b", "c", chat_id=5)
    assert await post.drain(on_closed=close).drain() == DrainReport(dead=1)
    assert closed == [5]
    assert await post.counts() == {D.DEAD: 3}
    assert await error_codes(post) == [], "nobody can do anything about a person who left"


async def test_a_result_that_could_not_be_written_is_written_later(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("services.delivery.dispatch.SETTLE_RETRY_SECONDS", (0.001, 0.001))
    failures = iter([True, True, False])
    settle = post.outbox.settle

    async def fail_twice(delivery_id: int, attempt: int, state: DeliveryState, **facts: object) -> bool:
        if next(failures):
            raise StoreUnavailable("locked")
        return await settle(delivery_id, attempt, state, **facts)  # type: ignore[arg-type]

    monkeypatch.setattr(post.outbox, "settle", fail_twice)
    await post.write("k")
    assert await post.drain().drain() == DrainReport(sent=1)
    assert post.sender.left == ["k"]
    assert await post.counts() == {D.SENT: 1}


async def test_a_result_that_cannot_be_written_at_all_leaves_an_uncertain_row(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.delivery.dispatch.SETTLE_RETRY_SECONDS", ())

    async def away(*_: object, **__: object) -> bool:
        raise StoreUnavailable("locked")

    await post.write("k")
    await post.write("other", chat_id=2)
    with monkeypatch.context() as patched:
        patched.setattr(post.outbox, "settle", away)
        assert await post.drain().drain() == DrainReport(lost=2)
    post.clock.advance(minutes=1)
    assert await post.drain().drain() == DrainReport()
    assert await post.counts() == {D.UNCERTAIN: 2}
    assert post.sender.left == ["k", "other"]


async def test_a_message_stays_here_while_nobody_can_write_down_that_it_leaves(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> bool:
        raise StoreUnavailable("locked")

    await post.write("k")
    drain = post.drain()
    with monkeypatch.context() as patched:
        patched.setattr(post.outbox, "leave", away)
        assert await drain.drain() == DrainReport(postponed=1)
    assert post.sender.left == []
    post.clock.advance(seconds=5)
    assert await drain.drain() == DrainReport(sent=1)


async def test_the_message_id_is_kept(post: Post) -> None:
    await post.write("k")
    await post.drain().drain()
    async with post.store._engine.connect() as connection:
        row = (await connection.exec_driver_sql("SELECT sent_message_id, chat_id FROM deliveries")).one()
    assert ChatAddress(row.chat_id, None, row.sent_message_id) == ChatAddress(1, None, 1)
