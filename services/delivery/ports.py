"""Telegram's limits and the sending of messages, as the delivery service sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from services.domain.chat import ChatAddress
from services.domain.delivery import Delivery, DeliveryState, Released


class Priority(IntEnum):
    """Lower goes first. Callback answers do not count against the limits and never ask."""

    FINAL = 0
    REPLY = 1
    NOTIFICATION = 2
    PREVIEW = 3
    DRAFT = 4
    """A native draft leaves no message behind: it spends no message slots, only its chat's own pace."""


@dataclass(frozen=True, slots=True)
class Slot:
    """Leave to make one call in a chat."""

    chat_id: int
    due: float
    """The running loop's time at which the slot begins, at the earliest."""
    name: str = ""
    """By which the windows know it; empty where they need not hear of it again."""


class RateLimiter(Protocol):
    """Shared by all processes; the server's clock is the only one."""

    async def acquire(self, chat_id: int, priority: Priority) -> Slot:
        """Wait for a slot. Every call that counts against Telegram's limits asks here first."""
        ...

    async def try_acquire(self, chat_id: int, priority: Priority) -> Slot:
        """A slot at once, or PreviewDropped with the seconds until it may be worth asking again."""
        ...

    async def landed(self, slot: Slot) -> None:
        """The call was answered, however. One that got there late counts later, and so do the windows."""
        ...

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        """Telegram answered 429: nobody speaks to this chat (None: to anyone) until then."""
        ...

    async def frozen_for(self, chat_id: int) -> float:
        """Seconds until anything may be said to this chat; for calls that take no slot. 0.0: now."""
        ...

    async def expect_final(self, chat_id: int) -> None:
        """Somebody is typing there: for a few seconds less urgent calls leave room for the final."""
        ...


class PreviewDropped(Exception):
    """The budget is short: this preview is not shown. The newest one may be tried again after `retry_after` seconds."""

    def __init__(self, retry_after: float) -> None:
        super().__init__(f"preview dropped, retry after {retry_after:.3f} s")
        self.retry_after = retry_after


class DeliverySender(Protocol):
    """Renders and sends one delivery in the reader's language.

    Raises Undeliverable (never try again), NotSent (nothing of it left: try again), Uncertain, ChatMoved, NotNeeded,
    and what `leaving.before_request` raises.
    """

    async def send(self, delivery: Delivery) -> ChatAddress | None: ...


class Undeliverable(Exception):
    """Trying again would end the same."""

    def __init__(self, detail: str = "", *, code: str = "refused") -> None:
        """`code`: "chat_closed" when nobody can be reached there (blocked, removed, deleted), else "refused"."""
        super().__init__(detail or code)
        self.code = code


class NotSent(Exception):
    """Nothing of it left, or Telegram refused it for now."""

    def __init__(self, retry_after: float | None = None, *, code: str = "not_sent") -> None:
        """`retry_after`: seconds, when it is known how long to wait; else pauses grow from try to try."""
        super().__init__(f"not sent, retry after {retry_after} s")
        self.retry_after = retry_after
        self.code = code


class Uncertain(Exception):
    """The request left and no answer came; or a part of a long message arrived and the rest did not."""

    def __init__(self, detail: str = "", *, code: str = "no_answer") -> None:
        super().__init__(detail or code)
        self.code = code


class ChatMoved(Exception):
    """Refused: the group has become a supergroup with another id."""

    code = "chat_moved"
    retry_after = 0.0

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(f"moved to {new_chat_id}")
        self.new_chat_id = new_chat_id


class NotNeeded(Exception):
    """There is nothing to say any more, so nothing was sent."""

    code = "not_needed"


class Clock(Protocol):
    def now(self) -> datetime:
        """UTC, timezone-aware."""
        ...


class Outbox(Protocol):
    """The rows of the outbox. Writes may share a transaction; each is committed when its call returns. `attempt` is the
    claim's token (`Delivery.attempts`). Every method raises StoreUnavailable."""

    async def claim_due(self, now: datetime, limit: int) -> Sequence[Delivery]:
        """Due NEW rows, the oldest one per chat and none of a chat that has a SENDING row, marked SENDING."""
        ...

    async def leave(self, delivery_id: int, attempt: int, now: datetime) -> bool:
        """Right before the request leaves. False: the claim was taken away, do not send."""
        ...

    async def settle(
        self,
        delivery_id: int,
        attempt: int,
        state: DeliveryState,
        *,
        error_code: str | None = None,
        not_before: datetime | None = None,
        sent_message_id: int | None = None,
    ) -> bool:
        """False: the claim was taken away meanwhile."""
        ...

    async def beat(self, claims: Sequence[tuple[int, int]], now: datetime) -> int:
        """(delivery id, attempt) of what is in flight here. Returns how many of the claims still hold."""
        ...

    async def release_stuck(self, before: datetime) -> Released:
        """SENDING rows whose sender has been silent since `before`."""
        ...

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> int: ...
