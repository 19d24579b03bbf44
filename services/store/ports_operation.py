"""Ledger of model calls, outbox, inbox, audit and notes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from services.domain.delivery import Delivery, DeliveryState, NewDelivery
from services.domain.generation import PromptRelease
from services.domain.usage import CallContext, CallReport


class Calls(Protocol):
    async def start(self, context: CallContext, provider: str, model: str, prompt: PromptRelease | None) -> int:
        """Recorded before the request leaves: a crash cannot hide a call. Returns the call's id."""
        ...

    async def finish(self, call_id: int, report: CallReport) -> None: ...
    async def totals(self, *, since: datetime | None = None, member_id: int | None = None) -> "CallTotals": ...


@dataclass(frozen=True, slots=True)
class CallTotals:
    calls: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost_microusd: int
    unknown_price_calls: int


class Deliveries(Protocol):
    async def add(self, delivery: NewDelivery) -> bool:
        """False when a row with this key is there already."""
        ...

    async def claim_due(self, now: datetime, limit: int = 50) -> Sequence[Delivery]:
        """Due NEW rows, the oldest one per chat, marked SENDING with one more attempt. A chat that has a SENDING row
        gives none, so that two workers keep its order."""
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
        """SENDING rows claimed before `before` become NEW: the process that claimed them died. Returns how many."""
        ...

    async def counts(self) -> dict[DeliveryState, int]: ...


class Inbox(Protocol):
    """Raw updates, stored before Telegram is told that they arrived."""

    async def add(self, bot_id: int, updates: Sequence[tuple[int, int, str]]) -> "Sequence[StoredUpdate]":
        """(update id, lane, JSON) each; known update ids are skipped. Returns the new rows, in the order given, so that
        they can be handled without reading them again. A lane is a chat id (or, without one, a person's id): updates of
        one lane are handled in order."""
        ...

    async def pending(self, bot_id: int, after_update_row: int = 0, limit: int = 200) -> Sequence["StoredUpdate"]:
        """Not done yet, by row id."""
        ...

    async def begin(self, row_ids: Sequence[int]) -> None:
        """One more attempt at each: an update that kills the process is recognised after a few restarts."""
        ...

    async def done(self, row_id: int, error_code: str | None = None) -> None: ...
    async def purge(self, before: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class StoredUpdate:
    row_id: int
    update_id: int
    lane: int
    body: str
    attempts: int


class Audit(Protocol):
    async def add(self, event: str, member_id: int | None, **facts: int | str) -> None: ...
    async def recent(self, limit: int = 20) -> Sequence[tuple[datetime, str, int | None, dict[str, Any]]]: ...


class Notes(Protocol):
    """Small durable facts by key (a conversation's pending question, a probe's last result): never in memory only."""

    async def get(self, key: str) -> dict[str, Any] | None: ...
    async def put(self, key: str, value: dict[str, Any]) -> None: ...
    async def delete(self, key: str) -> bool: ...
