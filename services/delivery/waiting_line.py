"""Who asks for the next slot: the callers of one process, the urgent first, one at a time.

Without the line every waiting caller would ask the shared clock again and again, and a final could lose to a
notification that happened to ask a moment earlier.
"""

import asyncio
from bisect import insort
from dataclasses import dataclass, field
from itertools import count

from services.delivery.ports import Priority


@dataclass(order=True, slots=True)
class Ticket:
    priority: Priority
    number: int
    chat_id: int = field(compare=False)
    turn: "asyncio.Future[None] | None" = field(compare=False, default=None)

    @property
    def is_waiting(self) -> bool:
        return self.turn is not None and not self.turn.done()

    def admit(self) -> None:
        if self.turn is not None:
            self.turn.set_result(None)


class WaitingLine:
    """A refused caller closes the line for its level and below, over all chats or in its own, and keeps its place."""

    def __init__(self) -> None:
        self._numbers = count()
        self._waiting: list[Ticket] = []
        self._closed: dict[tuple[int | None, Priority], float] = {}
        self._busy = False
        self._timer: asyncio.TimerHandle | None = None

    def ticket(self, chat_id: int, priority: Priority) -> Ticket:
        return Ticket(priority, next(self._numbers), chat_id)

    async def enter(self, ticket: Ticket) -> None:
        """Returns when it is this ticket's turn to ask; `leave` must follow."""
        turn = asyncio.get_running_loop().create_future()
        ticket.turn = turn
        insort(self._waiting, ticket)
        self._admit()
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the turn came and the caller was cancelled before it could ask
                self.leave(ticket)
            raise

    def leave(self, ticket: Ticket, *, refused_for: float = 0.0, everywhere: bool = False) -> None:
        """`refused_for` seconds nobody of this level or below asks again (`everywhere`, or in this chat)."""
        self._busy = False
        if refused_for > 0:
            scope = None if everywhere else ticket.chat_id
            self._closed[scope, ticket.priority] = asyncio.get_running_loop().time() + refused_for
        self._admit()

    def dismiss(self, error: Exception) -> None:
        """The clock is gone: everybody who waits hears it now, not one after the other."""
        waiting, self._waiting = self._waiting, []
        for ticket in waiting:
            if ticket.turn is not None and not ticket.turn.done():
                ticket.turn.set_exception(error)

    def is_ahead_of(self, chat_id: int, priority: Priority) -> bool:
        """Somebody more urgent could ask right now."""
        now = asyncio.get_running_loop().time()
        for ticket in self._waiting:
            if ticket.priority >= priority:
                return False
            if ticket.is_waiting and (ticket.chat_id == chat_id or self._opens(ticket) <= now):
                return True
            if ticket.chat_id != chat_id and self._opens_everywhere(ticket.priority) > now:
                return any(other.chat_id == chat_id and other.priority < priority for other in self._waiting)
        return False

    def _opens(self, ticket: Ticket) -> float:
        in_chat = (self._closed.get((ticket.chat_id, level), 0.0) for level in Priority if level <= ticket.priority)
        return max(self._opens_everywhere(ticket.priority), *in_chat)

    def _opens_everywhere(self, priority: Priority) -> float:
        return max(self._closed.get((None, level), 0.0) for level in Priority if level <= priority)

    def _admit(self) -> None:
        if self._busy:
            return
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._closed = {key: until for key, until in self._closed.items() if until > now}
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        earliest = self._admit_first(now)
        if earliest < float("inf"):
            self._timer = loop.call_at(earliest, self._admit)

    def _admit_first(self, now: float) -> float:
        """When to look again; infinity when somebody was admitted or nobody waits."""
        earliest, place = float("inf"), 0
        while place < len(self._waiting):
            ticket = self._waiting[place]
            if not ticket.is_waiting:  # cancelled
                del self._waiting[place]
                continue
            everywhere = self._opens_everywhere(ticket.priority)
            if everywhere > now:  # those behind are not more urgent: nobody of them may ask earlier
                return min(earliest, everywhere)
            opens = self._opens(ticket)
            if opens <= now:
                del self._waiting[place]
                self._busy = True
                ticket.admit()
                return float("inf")
            earliest = min(earliest, opens)
            place += 1
        return earliest
