"""A sender of deliveries that writes down what it would send."""

from collections.abc import Awaitable, Callable

from services.delivery.ports import DeliverySender
from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery


async def arrives(delivery: Delivery) -> None:
    """Sent at once."""


class RecordingDeliverySender(DeliverySender):
    """`behave` may wait, or raise what a real sender raises; then nothing was sent."""

    def __init__(self, behave: Callable[[Delivery], Awaitable[None]] = arrives) -> None:
        self.behave = behave
        self.tried: list[str] = []
        """Keys, in the order of trying."""
        self.sent: list[str] = []

    async def send(self, delivery: Delivery) -> ChatAddress | None:
        self.tried.append(delivery.key)
        await self.behave(delivery)
        self.sent.append(delivery.key)
        return delivery.address.at(len(self.sent))
