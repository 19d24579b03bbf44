"""Every call that reached the emulator, for tests of pacing, order and counts."""

import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from aiogram.methods import TelegramMethod

KEPT_CALLS = 200_000


@dataclass(frozen=True, slots=True)
class Call:
    """One call. `stamp` is time.monotonic() when it was done, `arrived` when it came; `status` is 0 when the connection
    was cut instead."""

    method: str
    chat_id: int | None
    status: int
    description: str | None
    arguments: TelegramMethod[object] | None
    stamp: float = field(default_factory=time.monotonic)
    arrived: float = field(default_factory=time.monotonic)
    retry_after: int | None = None
    """Seconds that a 429 asked for."""
    fault: str | None = None
    """The kind of fault that struck."""

    @property
    def ok(self) -> bool:
        return self.status == 200


class Journal:
    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)

    def record(self, call: Call) -> None:
        self._calls.append(call)

    def calls(self, method: str = "*", *, chat_id: int | None = None, status: int | None = None) -> list[Call]:
        """Calls in order of completion; `method` may be a pattern such as "send*"."""
        return [
            call
            for call in self._calls
            if fnmatchcase(call.method.lower(), method.lower())
            and (chat_id is None or call.chat_id == chat_id)
            and (status is None or call.status == status)
        ]

    def called_before_their_time(self) -> list[Call]:
        """Calls that arrived in a chat whose last refusal had asked for more patience."""
        until: dict[int, float] = {}
        early = []
        for call in sorted(self._calls, key=lambda one: one.arrived):
            if call.chat_id is None:
                continue
            if call.arrived < until.get(call.chat_id, 0.0):
                early.append(call)
            if call.retry_after is not None:
                until[call.chat_id] = max(until.get(call.chat_id, 0.0), call.stamp + call.retry_after)
        return early

    def clear(self) -> None:
        self._calls.clear()

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(tuple(self._calls))
