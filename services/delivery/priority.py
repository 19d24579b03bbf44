"""How urgent the calls made here are: carried through the call stack to the one place that asks the rate limiter."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from services.delivery.ports import Priority

_PRIORITY: ContextVar[Priority] = ContextVar("priority", default=Priority.REPLY)


@contextmanager
def speaking(priority: Priority) -> Iterator[None]:
    """Calls inside the block have this priority. Under PREVIEW they may raise PreviewDropped instead of waiting."""
    token = _PRIORITY.set(priority)
    try:
        yield
    finally:
        _PRIORITY.reset(token)


def current_priority() -> Priority:
    """REPLY where nobody said otherwise."""
    return _PRIORITY.get()
