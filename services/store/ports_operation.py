"""Ledger of model calls, outbox, inbox, audit and notes."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from services.domain.delivery import Delivery, DeliveryState, NewDelivery, Released
from services.domain.errand import Errand
from services.domain.usage import CallContext, CallReport, StartedCall


class Calls(Protocol):
    async def start(self, errand: Errand, day: date, owner: str | None = None) -> int:
        """Recorded before the request leaves: a crash cannot hide a call. `day`: by whose accounts it is paid. `owner`:
        the process that makes it. Returns the call's id."""
        ...

    async def finish(self, call_id: int, report: CallReport) -> "SettledCall | None":
        """Settled once; only real figures replace a verdict of LOST, when a process was frozen and not dead. None: it
        was settled before, nothing is changed."""
        ...

    async def unsettled_of_older_runs(self, generation_id: int, lease_token: int) -> Sequence[StartedCall]:
        """Calls of the attempt's runs before `lease_token` that never ended, oldest first."""
        ...

    async def unsettled_of_recording(self, recording_id: int, lease_token: int) -> Sequence[StartedCall]:
        """Calls for the recording by holders of its lease before `lease_token` that never ended, oldest first."""
        ...

    async def owners(self, started_before: datetime) -> Sequence[str]:
        """Of calls begun before then that did not end yet."""
        ...

    async def forgotten(
        self, started_before: datetime, run_over_before: datetime, dead: Collection[str] = ()
    ) -> Sequence[StartedCall]:
        """Calls that never ended: begun before `started_before`, or before `run_over_before`, which is later, by a run
        that does not hold its attempt, or its recording, any more, or by one of the owners that are `dead`. Oldest
        first."""
        ...

    async def cost_of(self, generation_id: int) -> int | None:
        """Of all text that was written for this attempt and arrived, as if no cache had helped and the smart model
        had written it; None where a price is not known, or nothing was called."""
        ...

    async def totals(self, *, since: datetime | None = None, member_id: int | None = None) -> "CallTotals": ...


@dataclass(frozen=True, slots=True)
class SettledCall:
    """What the accounts of a call are to be told."""

    context: CallContext
    """Who pays; the rest of it is not filled in."""
    day: date
    released_microusd: int
    spent_microusd: int
    """Below zero when a guess was too high."""
    unpriced: tuple[str, str] | None = None
    """Provider and model, when nobody knows what it cost."""


@dataclass(frozen=True, slots=True)
class CallTotals:
    calls: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    cost_microusd: int
    unknown_price_calls: int


class Deliveries(Protocol):
    """The outbox. `attempt` (of a claimed Delivery: `attempts`) is the token of a claim: what a sender says of a row
    counts only while it is that sender's."""

    async def add(self, delivery: NewDelivery) -> bool:
        """False when a row with this key is there already."""
        ...

    async def add_many(self, deliveries: Sequence[NewDelivery]) -> int:
        """How many were new. Thousands at once are fine."""
        ...

    async def claim_due(self, now: datetime, limit: int = 50) -> Sequence[Delivery]:
        """Due NEW rows, the oldest one per chat, marked SENDING with one more attempt. A chat that has a SENDING row
        gives none, so that two workers keep its order."""
        ...

    async def leave(self, delivery_id: int, attempt: int, now: datetime) -> bool:
        """The request is about to leave: from here on its outcome may be unknown. False: the claim was taken away, do
        not send. Saying it twice is harmless."""
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
        """How it ended. False: the claim was taken away meanwhile, nothing changed. A row that was taken for UNCERTAIN
        because its sender was silent still takes that sender's word."""
        ...

    async def beat(self, claims: Sequence[tuple[int, int]], now: datetime) -> int:
        """(delivery id, attempt) each: their sender is alive. Returns how many claims it still holds."""
        ...

    async def release_stuck(self, before: datetime) -> Released:
        """SENDING rows whose sender has been silent since `before`: NEW when they never left, else UNCERTAIN."""
        ...

    async def move_chat(self, old_chat_id: int, new_chat_id: int) -> int:
        """A group became a supergroup: what waits for it waits there. Returns how many."""
        ...

    async def close_chat(self, chat_id: int) -> int:
        """Nobody can be reached there: what waits for it becomes DEAD, "chat_closed". Returns how many."""
        ...

    async def cancel_new(self, broadcast_id: int) -> int:
        """What has not been claimed yet is CANCELLED. Returns how many."""
        ...

    async def broadcast_counts(self, broadcast_id: int) -> dict[DeliveryState, int]: ...
    async def counts(self) -> dict[DeliveryState, int]: ...
    async def oldest_waiting(self) -> datetime | None:
        """When the oldest row that is not settled was written."""
        ...


class DeadLetters(Protocol):
    """Deliveries that people should look at: UNCERTAIN, and DEAD for any reason but "chat_closed"."""

    async def count(self) -> int: ...
    async def page(self, offset: int, limit: int) -> "Sequence[DeadLetter]":
        """Newest first."""
        ...

    async def newest(self) -> datetime | None:
        """When the last of them was settled."""
        ...

    async def get(self, delivery_id: int, attempt: int) -> "DeadLetter | None": ...
    async def resend(self, delivery_id: int, attempt: int) -> bool:
        """NEW again, as if it had just been written. False when it is not (or no longer) that dead letter."""
        ...

    async def forget(self, delivery_id: int, attempt: int) -> bool:
        """CANCELLED."""
        ...

    async def resend_dead(self, settled_until: datetime) -> int:
        """All DEAD ones; not the UNCERTAIN, which may double."""
        ...

    async def forget_all(self, settled_until: datetime) -> int: ...
    async def unreported(self) -> "UnreportedLetters":
        """Those that no administrator was told of; never alerts themselves."""
        ...

    async def mark_reported(self, settled_until: datetime, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class DeadLetter:
    delivery: Delivery
    settled_at: datetime


@dataclass(frozen=True, slots=True)
class UnreportedLetters:
    total: int
    oldest: datetime | None = None
    newest: datetime | None = None


class Inbox(Protocol):
    """Raw updates, stored before Telegram is told that they arrived, and which process handles them."""

    async def add(self, bot_id: int, updates: Sequence[tuple[int, int, str]]) -> int:
        """(update id, lane, JSON) each; known update ids are skipped. Returns how many were new. A lane is a chat id
        (or, without one, a person's id): updates of one lane are handled in order."""
        ...

    async def claim(
        self, bot_id: int, owner: str, *, now: datetime, until: datetime, limit: int = 200
    ) -> "Sequence[StoredUpdate]":
        """Rows that nobody holds become this owner's, in order, one more attempt at each: an update that kills the
        process is recognised after a few restarts. A lane whose earlier rows another process holds gives none."""
        ...

    async def has_free(self, bot_id: int, now: datetime) -> bool:
        """Some row is not done and held by nobody."""
        ...

    async def renew(self, owner: str, row_ids: Collection[int], until: datetime) -> frozenset[int]:
        """Which of the rows this owner still holds. What is missing was given to another process: do not begin it."""
        ...

    async def owners(self, bot_id: int) -> frozenset[str]:
        """Who holds rows that are not done."""
        ...

    async def disown(self, bot_id: int, owner: str) -> int:
        """What this owner holds becomes free: its process is known to be gone."""
        ...

    async def pending(self, bot_id: int, limit: int = 200) -> Sequence["StoredUpdate"]:
        """Not done yet, whoever holds them, by row id."""
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


class JobLeases(Protocol):
    """Jobs that only one process may do, by name. The token grows with each taking: it fences former owners."""

    async def take(self, name: str, owner: str, until: datetime, now: datetime) -> int | None:
        """The token; None while somebody else's lease has not run out."""
        ...

    async def renew(self, name: str, token: int, until: datetime) -> bool:
        """False: the lease was released, or taken by another. One that ran out and that nobody took is kept."""
        ...

    async def holds(self, name: str, token: int) -> bool:
        """Ask in the transaction of a side effect."""
        ...

    async def holder(self, name: str) -> tuple[str, int] | None:
        """Owner and token of the lease as it was last taken, run out or not; None when it was given back."""
        ...

    async def release(self, name: str, token: int) -> None:
        """The next one need not wait for its end. A former owner's call changes nothing."""
        ...


class Notes(Protocol):
    """Small durable facts by key (a conversation's pending question, a probe's last result): never in memory only."""

    async def get(self, key: str) -> dict[str, Any] | None: ...
    async def put(self, key: str, value: dict[str, Any]) -> None: ...
    async def delete(self, key: str) -> bool: ...
