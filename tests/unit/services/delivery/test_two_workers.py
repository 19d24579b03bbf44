"""Two delivery workers over one outbox."""

import asyncio
import random

from bot.outbox import StoreOutbox
from services.delivery.service import OutboxDrain, Pace
from services.domain.delivery import Delivery, DeliveryState
from services.store.sql_store import SqlStore
from tests.fakes.delivery_sender import RecordingDeliverySender
from tests.unit.services.delivery.post import Post


async def test_no_row_goes_twice_and_every_chat_is_read_in_order(post: Post) -> None:
    chance = random.Random(7)
    flying: set[int] = set()
    journal: list[tuple[str, str]] = []

    async def fly(delivery: Delivery) -> None:
        assert delivery.address.chat_id not in flying, "two in flight in one chat"
        flying.add(delivery.address.chat_id)
        await asyncio.sleep(chance.uniform(0, 0.02))
        flying.discard(delivery.address.chat_id)

    def worker(name: str) -> OutboxDrain:
        async def note(delivery: Delivery) -> None:
            await fly(delivery)
            journal.append((name, delivery.key))

        sender = RecordingDeliverySender()
        sender.on_the_wire = note
        store = SqlStore(post.store._engine, now=post.clock.now)  # with its own queue of writers, as in a process
        return OutboxDrain(StoreOutbox(store, linger=0.001), sender, post.clock, pace=Pace(ahead=8))

    for number in range(4):
        for chat_id in range(1, 26):
            await post.write(f"{chat_id}:{number}", chat_id=chat_id)
    reports = await asyncio.gather(worker("first").drain(), worker("second").drain())
    keys = [key for _, key in journal]
    assert len(keys) == len(set(keys)) == 100
    assert {name for name, _ in journal} == {"first", "second"}
    assert sum(report.lost + report.uncertain for report in reports) == 0
    assert await post.counts() == {DeliveryState.SENT: 100}
    for chat_id in range(1, 26):
        mine = [key for key in keys if key.startswith(f"{chat_id}:")]
        assert mine == [f"{chat_id}:{number}" for number in range(4)]
