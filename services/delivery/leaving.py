"""The moment a request leaves: noted for those who must know afterwards whether it could have arrived.

Carried through the call stack, like the priority, to the one place that knows the moment: between the limiter's slot
and the network.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol


class Departure(Protocol):
    """Of one delivery, which may be several messages."""

    async def leave(self) -> None:
        """What it raises keeps the request here."""
        ...

    def arrived(self) -> None:
        """Telegram answered: a message is there."""
        ...


_DEPARTURE: ContextVar[Departure | None] = ContextVar("departure", default=None)


@contextmanager
def departing(departure: Departure) -> Iterator[None]:
    """Requests that leave inside the block, and count against the limits, are noted in `departure`."""
    token = _DEPARTURE.set(departure)
    try:
        yield
    finally:
        _DEPARTURE.reset(token)


async def before_request() -> None:
    """The slot is granted, the request leaves next. Raises what the departure raises; nothing has left then."""
    departure = _DEPARTURE.get()
    if departure is not None:
        await departure.leave()


def after_request() -> None:
    """The request was answered with success."""
    departure = _DEPARTURE.get()
    if departure is not None:
        departure.arrived()
