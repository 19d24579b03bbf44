"""Drains the outbox: the messages that nobody waits for on screen.

new → sending → sent | uncertain | dead. A row that could not be sent goes back to new with a later `not_before`; one
whose sender died is released after `stuck_after`, so only the send that was under way at that moment can double.
"""

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta

from loguru import logger

from services.delivery.ports import Clock, DeliverySender, NotSent, Outbox, Uncertain, Undeliverable
from services.domain.delivery import Delivery, DeliveryState
from services.domain.errors import StoreUnavailable

MAX_BACKOFF_SECONDS = 600.0
SETTLE_RETRY_SECONDS = (0.2, 1.0, 3.0, 10.0)


@dataclass(slots=True)
class DrainReport:
    sent: int = 0
    postponed: int = 0
    uncertain: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    state: DeliveryState
    error_code: str | None = None
    wait: float | None = None
    """Seconds until the next try."""


class OutboxDrain:
    """Sends due rows, many at once and one at a time in a chat; the rate limiter inside the sender paces them."""

    def __init__(
        self,
        outbox: Outbox,
        sender: DeliverySender,
        clock: Clock,
        *,
        in_flight: int = 16,
        give_up_after: timedelta = timedelta(hours=24),
        max_broken_attempts: int = 5,
        stuck_after: timedelta = timedelta(minutes=10),
    ) -> None:
        """`max_broken_attempts`: for rows whose rendering fails with an unexpected error."""
        self._outbox = outbox
        self._sender = sender
        self._clock = clock
        self._in_flight = in_flight
        self._give_up_after = give_up_after
        self._max_broken_attempts = max_broken_attempts
        self._stuck_after = stuck_after
        self._is_draining = False
        self._was_asked_again = False
        self._stopping = False

    def stop(self) -> None:
        """Claim nothing more; what is being sent is finished."""
        self._stopping = True

    async def drain(self, *, at_most_seconds: float | None = None) -> DrainReport:
        """Ends when nothing is due, or claims nothing more after `at_most_seconds`. While another drain runs here it
        returns at once, and that one looks once more before it ends. Raises StoreUnavailable."""
        report = DrainReport()
        if self._is_draining:
            self._was_asked_again = True
            return report
        self._is_draining = True
        try:
            await self._drain(report, at_most_seconds)
        except* StoreUnavailable as failures:
            raise StoreUnavailable("the outbox cannot be read or written") from failures
        finally:
            self._is_draining = False
        return report

    async def _drain(self, report: DrainReport, at_most_seconds: float | None) -> None:
        released = await self._outbox.release_stuck(self._clock.now() - self._stuck_after)
        if released:
            logger.warning("deliveries: {} released from a sender that died", released)
        until = None if at_most_seconds is None else self._clock.now() + timedelta(seconds=at_most_seconds)
        running: set[asyncio.Task[None]] = set()
        async with asyncio.TaskGroup() as group:
            while not self._stopping and (until is None or self._clock.now() < until):
                self._was_asked_again = False
                claimed = await self._outbox.claim_due(self._clock.now(), self._in_flight - len(running))
                running |= {group.create_task(self._deliver(delivery, report)) for delivery in claimed}
                if not running and not self._was_asked_again:
                    break
                if running:
                    _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)

    async def _deliver(self, delivery: Delivery, report: DrainReport) -> None:
        outcome = await self._send(delivery)
        match outcome.state:
            case DeliveryState.SENT:
                report.sent += 1
            case DeliveryState.UNCERTAIN:
                report.uncertain += 1
            case DeliveryState.DEAD:
                report.dead += 1
            case _:
                report.postponed += 1
        if outcome.state is not DeliveryState.SENT:
            logger.bind(delivery=delivery.id, kind=delivery.kind.value, attempt=delivery.attempts).warning(
                "delivery {}: {}", outcome.state.value, outcome.error_code
            )
        await self._settle(delivery, outcome)

    async def _send(self, delivery: Delivery) -> Outcome:
        try:
            await self._sender.send(delivery)
        except NotSent as refusal:
            return self._postponed(delivery, "not_sent", refusal.retry_after)
        except Uncertain:
            return Outcome(DeliveryState.UNCERTAIN, "no_answer")
        except Undeliverable:
            return Outcome(DeliveryState.DEAD, "undeliverable")
        except Exception as error:  # noqa: BLE001 - one row that cannot be rendered must not stop the others
            code = type(error).__name__
            if delivery.attempts >= self._max_broken_attempts:
                return Outcome(DeliveryState.DEAD, code)
            return self._postponed(delivery, code, 0.0)
        return Outcome(DeliveryState.SENT)

    def _postponed(self, delivery: Delivery, code: str, at_least: float) -> Outcome:
        created = delivery.created_at
        if created is not None and self._clock.now() - created > self._give_up_after:
            return Outcome(DeliveryState.DEAD, code)
        backoff = min(MAX_BACKOFF_SECONDS, 2.0 ** min(delivery.attempts, 10)) * random.uniform(0.8, 1.2)
        return Outcome(DeliveryState.NEW, code, max(at_least, backoff))

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        not_before = None if outcome.wait is None else self._clock.now() + timedelta(seconds=outcome.wait)
        for pause in (*SETTLE_RETRY_SECONDS, None):
            try:
                await self._outbox.settle(
                    delivery.id, outcome.state, error_code=outcome.error_code, not_before=not_before
                )
            except StoreUnavailable:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return
