"""What becomes of a delivery that could not be sent."""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.delivery.ports import ChatMoved, NotNeeded, NotSent, Uncertain, Undeliverable
from services.domain.delivery import REPEATABLE, Delivery, DeliveryState
from services.domain.errors import StoreUnavailable

MAX_BACKOFF_SECONDS = 600.0
_ENDS: dict[type[Exception], DeliveryState] = {
    Uncertain: DeliveryState.UNCERTAIN,
    Undeliverable: DeliveryState.DEAD,
    NotNeeded: DeliveryState.CANCELLED,
}


class NoSlot(Exception):
    """The chat was busy, or under a penalty, for longer than a row may keep its place."""

    code = "busy_chat"
    retry_after = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    state: DeliveryState
    error_code: str | None = None
    wait: float | None = None
    """Seconds until the next try."""
    sent_message_id: int | None = None


@dataclass(frozen=True, slots=True)
class Patience:
    """When a row is given up."""

    give_up_after: timedelta = timedelta(hours=24)
    max_broken_attempts: int = 5
    """For rows whose rendering fails with an unexpected error."""
    slot_seconds: float = 90.0
    """A row that got no slot in this time goes back and lets others fly; a full group waits up to 60 s."""


def verdict(error: Exception, delivery: Delivery, *, has_left: bool, patience: Patience, now: datetime) -> Outcome:
    """Only what provably never left is tried again, and what nobody sees twice."""
    outcome = _once(error, delivery, has_left=has_left, patience=patience, now=now)
    if outcome.state is DeliveryState.UNCERTAIN and delivery.kind in REPEATABLE:
        return _postponed(outcome.error_code or "", delivery, _backoff(delivery), patience, now)
    return outcome


def _once(error: Exception, delivery: Delivery, *, has_left: bool, patience: Patience, now: datetime) -> Outcome:
    match error:
        case Uncertain() | Undeliverable() | NotNeeded():
            return Outcome(_ENDS[type(error)], error.code)
        case NotSent() if error.retry_after is None:
            return _postponed(error.code, delivery, _backoff(delivery), patience, now)
        case NotSent() | ChatMoved() | NoSlot():
            return _postponed(error.code, delivery, error.retry_after or 0.0, patience, now)
    code = error.code if isinstance(error, StoreUnavailable) else type(error).__name__
    if has_left:
        return Outcome(DeliveryState.UNCERTAIN, code)
    if delivery.attempts >= patience.max_broken_attempts and not isinstance(error, StoreUnavailable):
        return Outcome(DeliveryState.DEAD, code)
    return _postponed(code, delivery, _backoff(delivery), patience, now)


def _postponed(code: str, delivery: Delivery, wait: float, patience: Patience, now: datetime) -> Outcome:
    if delivery.created_at is not None and now - delivery.created_at > patience.give_up_after:
        return Outcome(DeliveryState.DEAD, code)
    return Outcome(DeliveryState.NEW, code, wait)


def _backoff(delivery: Delivery) -> float:
    return min(MAX_BACKOFF_SECONDS, 2.0 ** min(delivery.attempts, 10)) * random.uniform(0.8, 1.2)
