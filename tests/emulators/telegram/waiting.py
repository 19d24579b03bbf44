"""Waiting for something to appear, without polling."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TypeVar

from aiogram.types import Message

from tests.emulators.telegram.chats import StoredMessage
from tests.emulators.telegram.events import EventBus
from tests.emulators.telegram.rich import rich_plain_text

Found = TypeVar("Found")
Wanted = str | Callable[[Message], bool]


def text_of(message: Message) -> str:
    """What a person reads in a message: text, caption, or a rich message as plain text."""
    if message.rich_message is not None:
        return rich_plain_text(message.rich_message)
    return message.text or message.caption or ""


def matches(message: Message, wanted: Wanted) -> bool:
    return wanted in text_of(message) if isinstance(wanted, str) else wanted(message)


async def wait_until(
    events: EventBus, look: Callable[[], Found | None], timeout: float, describe: Callable[[], str]
) -> Found:
    """Looks now and after every event. Raises TimeoutError that says what was there instead."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    with events.subscribe() as queue:
        while (found := look()) is None:
            remaining = deadline - loop.time()
            if remaining <= 0:
                raise TimeoutError(describe())
            try:
                await asyncio.wait_for(queue.get(), remaining)
            except TimeoutError:
                raise TimeoutError(describe()) from None
        return found


def latest(candidates: Iterable[StoredMessage], wanted: Wanted, after: int) -> Message | None:
    """The most recently changed message that matches, of those changed after the sequence number `after`."""
    fresh = sorted((stored for stored in candidates if stored.sequence > after), key=lambda stored: -stored.sequence)
    return next((stored.message for stored in fresh if matches(stored.message, wanted)), None)
