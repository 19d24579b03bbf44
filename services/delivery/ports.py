"""Telegram's limits and the sending of messages, as the delivery service sees them."""

from enum import IntEnum
from typing import Protocol

from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery


class Priority(IntEnum):
    """Lower goes first. Callback answers do not count against the limits and never ask."""

    FINAL = 0
    REPLY = 1
    NOTIFICATION = 2
    PREVIEW = 3


class RateLimiter(Protocol):
    """Shared by all processes; the server's clock is the only one."""

    async def acquire(self, chat_id: int, priority: Priority) -> None:
        """Wait for a slot. Every call that counts against Telegram's limits asks here first."""
        ...

    async def try_acquire(self, chat_id: int, priority: Priority) -> float:
        """0.0: the slot is yours. Otherwise seconds until it may be worth asking again (previews drop instead)."""
        ...

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        """Telegram answered 429: nobody speaks to this chat (None: to anyone) until then."""
        ...


class DeliverySender(Protocol):
    """Renders and sends one delivery in the reader's language.

    Raises Undeliverable (never try again), NotSent (the request never left: try again), Uncertain.
    """

    async def send(self, delivery: Delivery) -> ChatAddress | None: ...


class Undeliverable(Exception):
    """The chat is gone or the bot is blocked there."""


class NotSent(Exception):
    def __init__(self, retry_after: float = 1.0) -> None:
        super().__init__(f"not sent, retry after {retry_after} s")
        self.retry_after = retry_after


class Uncertain(Exception):
    """The request left and no answer came."""
