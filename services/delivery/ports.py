"""Telegram's limits and the sending of messages, as the delivery service sees them."""

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryState


class Priority(IntEnum):
    """Lower goes first. Callback answers do not count against the limits and never ask."""

    FINAL = 0
    REPLY = 1
    NOTIFICATION = 2
    PREVIEW = 3
    DRAFT = 4
    """A native draft leaves no message behind: it spends no message slots, only its chat's own pace."""


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


class PreviewDropped(Exception):
    """The budget is short: this preview is not shown. The newest one may be tried again after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"preview dropped, retry after {retry_after:.3f} s")
        self.retry_after = retry_after


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


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC, timezone-aware."""
        ...


class Outbox(Protocol):
    """The rows of the outbox, a transaction a call. Every method raises StoreUnavailable."""

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Due NEW rows, the oldest one per chat and none of a chat that has a SENDING row, marked SENDING."""
        ...

    async def settle(
        self,
        delivery_id: int,
        state: DeliveryState,
        *,
        error_code: str | None = None,
        not_before: datetime | None = None,
    ) -> None: ...

    async def release_stuck(self, before: datetime) -> int:
        """SENDING rows claimed before `before` become NEW: their sender died. Returns how many."""
        ...
