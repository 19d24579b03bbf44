"""What one process knows by itself: the slots it took and the penalties it heard of. Outlives any Redis."""

import asyncio
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

FORGET_ABOVE = 1_000
"""Chats remembered before the quiet ones are dropped."""


@dataclass(slots=True)
class Taken:
    """One slot. `at`: the loop's time, moved later when the call was seen to arrive late."""

    at: float
    name: str


@dataclass(slots=True)
class CallHistory:
    """All times are the running loop's. One per process, given to every limiter in it."""

    memory: float = 60.25
    """Seconds: the longest window."""
    everywhere: deque[Taken] = field(default_factory=lambda: deque(maxlen=200))
    chats: dict[int, deque[Taken]] = field(default_factory=dict)
    frozen: dict[int | None, float] = field(default_factory=dict)
    """Chat (None: all of them) to the end of its penalty."""
    expected: dict[int, float] = field(default_factory=dict)
    """Chats in which a final is coming, and until when that is believed."""
    is_ahead: bool = False
    """Slots were taken that the shared clock does not know."""

    def take(self, chat_id: int, at: float, name: str) -> None:
        taken = Taken(at, name)
        self.everywhere.append(taken)
        self.chats.setdefault(chat_id, deque(maxlen=200)).append(taken)
        if len(self.chats) > FORGET_ABOVE:
            self.forget(at)

    def shift(self, chat_id: int, name: str, late: float) -> None:
        """The call that took this slot arrived so many seconds later."""
        for taken in self.chats.get(chat_id, ()):
            if taken.name == name:
                taken.at += late

    def freeze(self, chat_id: int | None, until: float) -> None:
        self.frozen[chat_id] = max(self.frozen.get(chat_id, 0.0), until)

    def frozen_for(self, chat_id: int | None) -> float:
        """Seconds left of the chat's penalty, or of everybody's."""
        now = asyncio.get_running_loop().time()
        return max(0.0, self.frozen.get(chat_id, 0.0) - now, self.frozen.get(None, 0.0) - now)

    def penalties(self, now: float) -> Iterator[tuple[int | None, float]]:
        return ((chat_id, until) for chat_id, until in self.frozen.items() if until > now)

    def recent(self, now: float) -> Iterator[tuple[int, Taken]]:
        """Slots that any window may still count."""
        for chat_id, calls in self.chats.items():
            yield from ((chat_id, taken) for taken in calls if taken.at > now - self.memory)

    def forget(self, now: float) -> None:
        oldest = now - self.memory
        self.chats = {chat: calls for chat, calls in self.chats.items() if calls and calls[-1].at > oldest}
        self.frozen = {chat: until for chat, until in self.frozen.items() if until > now}
        self.expected = {chat: until for chat, until in self.expected.items() if until > now}
