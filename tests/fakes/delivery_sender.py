"""A sender of deliveries that writes down what it would send."""

from collections.abc import Awaitable, Callable

from services.delivery.leaving import after_request, before_request
from services.delivery.ports import DeliverySender
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery


async def at_once(delivery: Delivery) -> None:
    """Without waiting."""


class RecordingDeliverySender(DeliverySender):
    """`behave` is what happens before the request leaves, `on_the_wire` what happens after; both may wait, or raise
    what a real sender raises."""

    def __init__(self, behave: Callable[[Delivery], Awaitable[None]] = at_once) -> None:
        self.behave = behave
        self.on_the_wire: Callable[[Delivery], Awaitable[None]] = at_once
        self.parts = 1
        """Messages of each delivery."""
        self.tried: list[str] = []
        """Keys, in the order of trying."""
        self.left: list[str] = []
        self.sent: list[str] = []

    async def send(self, delivery: Delivery) -> ChatAddress | None:
        self.tried.append(delivery.key)
        for _ in range(self.parts):
            await self.behave(delivery)
            await before_request()
            self.left.append(delivery.key)
            await self.on_the_wire(delivery)
            after_request()
        self.sent.append(delivery.key)
        return delivery.address.at(len(self.sent))
