"""What happens in the chats, told to whoever listens: waiting tests and open chat pages."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from tests.emulators.telegram.chats import StoredMessage

EventKind = Literal[
    "message",
    "edit",
    "delete",
    "draft",
    "draft_gone",
    "typing",
    "callback_answer",
    "reaction",
    "pin",
    "read",
    "chat",
]


@dataclass(frozen=True, slots=True)
class Event:
    """`person_id` narrows the audience to one person; otherwise everybody in the chat may know."""

    kind: EventKind
    chat_id: int
    message: "StoredMessage | None" = None
    person_id: int | None = None
    data: dict[str, object] = field(default_factory=dict)


class EventBus:
    """Fan-out to any number of subscribers. Publishing never waits and costs nothing when nobody listens."""

    def __init__(self) -> None:
        self._subscribers: set[asyncio.Queue[Event | None]] = set()
        self._closed = False

    def publish(self, event: Event) -> None:
        for subscriber in self._subscribers:
            subscriber.put_nowait(event)

    @contextmanager
    def subscribe(self) -> Iterator[asyncio.Queue[Event | None]]:
        """A queue of everything published from now on; None means that no more will come."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        if self._closed:
            queue.put_nowait(None)
        self._subscribers.add(queue)
        try:
            yield queue
        finally:
            self._subscribers.discard(queue)

    def reopen(self) -> None:
        self._closed = False

    def close(self) -> None:
        self._closed = True
        for subscriber in self._subscribers:
            subscriber.put_nowait(None)
