"""One claimed row on its way: sent at most once for each claim, and the outcome told to the outbox.

Telegram knows no idempotency key, so what may have arrived is never sent again without a person's word.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from loguru import logger

from services.delivery.leaving import departing
from services.delivery.ports import ChatMoved, Clock, DeliverySender, Outbox
from services.delivery.verdict import NoSlot, Outcome, Patience, verdict
from services.domain.chat import ChatAddress
from services.domain.delivery import REPEATABLE, Delivery, DeliveryState
from services.domain.errors import StoreUnavailable
from services.domain.failpoint import FailPoint, reached

SETTLE_RETRY_SECONDS = (0.2, 1.0, 3.0, 10.0, 10.0, 10.0, 10.0, 10.0)
CHAT_CLOSED = "chat_closed"


class ClaimLost(Exception):
    """Another process took the row over while this one was silent."""


class Trip:
    """Implements `leaving.Departure` for one claim."""

    def __init__(self, delivery: Delivery, outbox: Outbox, clock: Clock, on_leave: Callable[[Delivery], None]) -> None:
        self._delivery = delivery
        self._outbox = outbox
        self._clock = clock
        self._on_leave = on_leave
        self.timeout: asyncio.Timeout | None = None
        self.has_left = False
        self.arrivals = 0

    async def leave(self) -> None:
        """Raises ClaimLost, StoreUnavailable."""
        if self.timeout is not None and not self.timeout.expired():
            self.timeout.reschedule(None)
        if not await self._outbox.leave(self._delivery.id, self._delivery.attempts, self._clock.now()):
            raise ClaimLost
        self.has_left = True
        self._on_leave(self._delivery)
        reached(FailPoint.DELIVERY_LEAVING)

    def arrived(self) -> None:
        self.arrivals += 1


class Dispatch:
    def __init__(
        self,
        outbox: Outbox,
        sender: DeliverySender,
        clock: Clock,
        *,
        patience: Patience,
        on_leave: Callable[[Delivery], None],
        on_closed: Callable[[int], Awaitable[object]] | None = None,
    ) -> None:
        self._outbox = outbox
        self._sender = sender
        self._clock = clock
        self._patience = patience
        self._on_leave = on_leave
        self._on_closed = on_closed

    async def __call__(self, delivery: Delivery) -> Outcome | None:
        """What was settled; None when the claim was lost and nothing was."""
        said = logger.bind(delivery=delivery.id, kind=delivery.kind.value, attempt=delivery.attempts)
        outcome = await self._send(delivery)
        if outcome is not None and outcome.state is DeliveryState.SENT:
            reached(FailPoint.DELIVERY_SENT)
        if outcome is None or not await self._settle(delivery, outcome):
            said.warning("delivery: the claim was lost")
            return None
        reached(FailPoint.DELIVERY_SETTLED)
        if outcome.state is not DeliveryState.SENT:
            said.warning("delivery {}: {}", outcome.state.value, outcome.error_code)
        if outcome.error_code == CHAT_CLOSED and self._on_closed is not None:
            await self._close(delivery.address.chat_id, self._on_closed)
        return outcome

    async def _send(self, delivery: Delivery) -> Outcome | None:
        trip = Trip(delivery, self._outbox, self._clock, self._on_leave)
        try:
            async with asyncio.timeout(self._patience.slot_seconds) as trip.timeout:
                with departing(trip):
                    shown_in = await self._sender.send(delivery)
        except ClaimLost:
            return None
        except Exception as error:  # noqa: BLE001 - one row that cannot be rendered must not stop the others
            return await self._failed(delivery, trip, error)
        return Outcome(DeliveryState.SENT, sent_message_id=_message_id(shown_in))

    async def _failed(self, delivery: Delivery, trip: Trip, error: Exception) -> Outcome:
        if isinstance(error, ChatMoved):
            await self._outbox.move_chat(delivery.address.chat_id, error.new_chat_id)
        if isinstance(error, TimeoutError) and trip.timeout is not None and trip.timeout.expired():
            error = NoSlot()
        now = self._clock.now()
        outcome = verdict(error, delivery, has_left=trip.has_left, patience=self._patience, now=now)
        if trip.arrivals and delivery.kind not in REPEATABLE:
            # A part of it is on the screen: sent again it would double, given up it would be half a message.
            return Outcome(DeliveryState.UNCERTAIN, "partial")
        return outcome

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> bool:
        """Raises StoreUnavailable when the database stays away; the row is then released as a dead sender's."""
        not_before = None if outcome.wait is None else self._clock.now() + timedelta(seconds=outcome.wait)
        for pause in (*SETTLE_RETRY_SECONDS, None):
            try:
                return await self._outbox.settle(
                    delivery.id,
                    delivery.attempts,
                    outcome.state,
                    error_code=outcome.error_code,
                    not_before=not_before,
                    sent_message_id=outcome.sent_message_id,
                )
            except StoreUnavailable:
                if pause is None:
                    raise
                await asyncio.sleep(pause)
        raise AssertionError("unreachable")

    async def _close(self, chat_id: int, on_closed: Callable[[int], Awaitable[object]]) -> None:
        try:
            await on_closed(chat_id)
        except StoreUnavailable:  # the next message to this chat will say it again
            logger.warning("chat={} could not be marked as closed", chat_id)


def _message_id(shown_in: ChatAddress | None) -> int | None:
    return None if shown_in is None else shown_in.message_id
