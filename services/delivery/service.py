"""Drains the outbox: the messages that nobody waits for on screen.

new → sending → sent | uncertain | dead | cancelled. A row that could not be sent goes back to new with a later
`not_before`. One whose sender died is new again when it had not left, and uncertain when it had: so nothing is lost,
and nothing arrives twice without a person's word.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from loguru import logger

from services.delivery.dispatch import Dispatch
from services.delivery.flight import Flight
from services.delivery.ports import Clock, DeliverySender, Outbox
from services.delivery.verdict import Patience
from services.domain.delivery import Delivery, DeliveryState
from services.domain.errors import StoreUnavailable
from services.domain.failpoint import FailPoint, reached

GATHER_SECONDS = 0.1
"""Between two looks for more while something is in flight: what was settled meanwhile shares one look."""


@dataclass(slots=True)
class DrainReport:
    sent: int = 0
    postponed: int = 0
    uncertain: int = 0
    dead: int = 0
    cancelled: int = 0
    lost: int = 0
    """Claims that another process took over, or whose outcome could not be written."""

    def count(self, state: DeliveryState) -> None:
        match state:
            case DeliveryState.SENT:
                self.sent += 1
            case DeliveryState.UNCERTAIN:
                self.uncertain += 1
            case DeliveryState.DEAD:
                self.dead += 1
            case DeliveryState.CANCELLED:
                self.cancelled += 1
            case _:
                self.postponed += 1


@dataclass(frozen=True, slots=True)
class Pace:
    ahead: int = 32
    """Rows that may wait for a slot here: about a second of what Telegram takes."""
    most: int = 256
    """Rows in flight in all, with those whose answer or whose chat is slow."""
    beat_seconds: float = 5.0
    silent_after: timedelta = timedelta(seconds=30)
    """A sender that was not heard of this long is dead, or frozen: its rows are taken over."""


class OutboxDrain:
    """Sends due rows, many at once and one at a time in a chat; the rate limiter inside the sender paces them."""

    def __init__(
        self,
        outbox: Outbox,
        sender: DeliverySender,
        clock: Clock,
        *,
        pace: Pace | None = None,
        patience: Patience | None = None,
        on_closed: Callable[[int], Awaitable[object]] | None = None,
    ) -> None:
        """`on_closed`: told the id of a chat where nobody can be reached any more."""
        self._outbox = outbox
        self._clock = clock
        self._pace = pace or Pace()
        self._flight = Flight(self._pace.ahead, self._pace.most, time.monotonic)
        self._changed = asyncio.Event()
        self._dispatch = Dispatch(
            outbox, sender, clock, patience=patience or Patience(), on_leave=self._note_leaving, on_closed=on_closed
        )
        self._is_draining = False
        self._was_asked_again = False
        self._stopping = False

    def stop(self) -> None:
        """Claim nothing more; what is being sent is finished."""
        self._stopping = True
        self._changed.set()

    async def drain(self, *, at_most_seconds: float | None = None) -> DrainReport:
        """Ends when nothing is due, or claims nothing more after `at_most_seconds`. While another drain runs here it
        returns at once, and that one looks once more before it ends. Raises StoreUnavailable."""
        report = DrainReport()
        if self._is_draining:
            self._was_asked_again = True
            self._changed.set()
            return report
        self._is_draining = True
        try:
            await self._release_silent()
            await self._drain(report, at_most_seconds)
        finally:
            self._is_draining = False
        return report

    async def _drain(self, report: DrainReport, at_most_seconds: float | None) -> None:
        until = None if at_most_seconds is None else self._clock.now() + timedelta(seconds=at_most_seconds)
        trouble: StoreUnavailable | None = None
        async with asyncio.TaskGroup() as group:
            beating = group.create_task(self._keep_beating())
            try:
                await self._claim_all(group, report, lambda: until is not None and self._clock.now() >= until)
            except StoreUnavailable as error:  # what has left already is waited for
                trouble = error
            while self._flight:
                await self._something_changes()
            beating.cancel()
        if trouble is not None:
            raise trouble

    async def _claim_all(self, group: asyncio.TaskGroup, report: DrainReport, is_over: Callable[[], bool]) -> None:
        while not self._stopping and not is_over():
            self._was_asked_again = False
            room = self._flight.room()
            page = await self._outbox.claim_due(self._clock.now(), room) if self._is_worth_claiming(room) else ()
            if page:
                reached(FailPoint.DELIVERY_CLAIMED)
            self._flight.board(page)
            for delivery in page:
                group.create_task(self._deliver(delivery, report))
            if not self._flight:
                if self._was_asked_again:
                    continue
                return
            await self._something_changes()
            if self._flight:
                await asyncio.sleep(GATHER_SECONDS)

    def _is_worth_claiming(self, room: int) -> bool:
        """Pages, not rows: a claim is a transaction."""
        return room * 2 >= self._pace.ahead or not self._flight

    async def _deliver(self, delivery: Delivery, report: DrainReport) -> None:
        try:
            outcome = await self._dispatch(delivery)
        except StoreUnavailable:
            logger.bind(delivery=delivery.id).error("the outcome of a delivery could not be written")
            outcome = None
        finally:
            self._flight.land(delivery)
            self._changed.set()
        if outcome is None:
            report.lost += 1
        else:
            report.count(outcome.state)

    def _note_leaving(self, delivery: Delivery) -> None:
        self._flight.leave(delivery)
        self._changed.set()

    async def _something_changes(self) -> None:
        """A row left, landed or was asked for; or time passed, so that slow rows no longer count."""
        try:
            async with asyncio.timeout(1.0):
                await self._changed.wait()
        except TimeoutError:
            return
        finally:
            self._changed.clear()

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(self._pace.beat_seconds)
            try:
                if self._flight:
                    await self._outbox.beat(self._flight.claims, self._clock.now())
                await self._release_silent()
            except StoreUnavailable as error:
                logger.warning("the outbox was not told that its sender is alive: {}", error.code)

    async def _release_silent(self) -> None:
        released = await self._outbox.release_stuck(self._clock.now() - self._pace.silent_after)
        if released.returned or released.uncertain:
            logger.warning(
                "deliveries of a sender that died: {} to be sent, {} uncertain", released.returned, released.uncertain
            )
