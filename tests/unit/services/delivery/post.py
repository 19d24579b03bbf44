"""An outbox in a real database, with a clock that the test moves and a sender that writes down what it is given."""

from typing import Any

from bot.outbox import StoreOutbox
from services.delivery.service import OutboxDrain
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, DeliveryState, NewDelivery
from services.store.sql_store import SqlStore
from tests.fakes.clock import ManualClock
from tests.fakes.delivery_sender import RecordingDeliverySender


class Post:
    def __init__(self, store: SqlStore) -> None:
        self.clock = ManualClock()
        self.store = SqlStore(store._engine, now=self.clock.now)
        self.outbox = StoreOutbox(self.store, linger=0.001)
        self.sender = RecordingDeliverySender()

    def drain(self, **options: Any) -> OutboxDrain:
        return OutboxDrain(self.outbox, self.sender, self.clock, **options)

    async def write(self, *keys: str, chat_id: int = 1) -> None:
        async with self.store.transaction() as tx:
            for key in keys:
                assert await tx.deliveries.add(NewDelivery(DeliveryKind.ACCESS_GRANTED, ChatAddress(chat_id), key))

    async def counts(self) -> dict[DeliveryState, int]:
        async with self.store.reading() as tx:
            return {state: count for state, count in (await tx.deliveries.counts()).items() if count}
