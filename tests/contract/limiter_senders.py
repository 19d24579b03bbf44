"""Callers of rate limiters in virtual time, and the check of everything they were let through."""

import asyncio
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from services.delivery.limits import Limits
from services.delivery.ports import PreviewDropped, Priority, RateLimiter, Slot
from tests.virtual_time import run_in_virtual_time

ROUNDING = 1e-3
"""Seconds; the script counts in microseconds, the loop in floats."""
LIMITS = Limits()

Opened = Callable[[], AbstractAsyncContextManager[list[RateLimiter]]]


@dataclass(frozen=True)
class Sent:
    at: float
    chat_id: int
    priority: Priority


class Senders:
    """Calls of all processes, with the moments at which they were let through."""

    def __init__(self, limiters: list[RateLimiter]) -> None:
        self.limiters = limiters
        self.sent: list[Sent] = []

    async def send(self, chat_id: int, priority: Priority, process: int = 0) -> float:
        """Seconds waited."""
        began = _now()
        await self.limiters[process % len(self.limiters)].acquire(chat_id, priority)
        self.sent.append(Sent(_now(), chat_id, priority))
        return _now() - began

    async def preview(self, chat_id: int, process: int = 0) -> float:
        wait = await wait_for_slot(self.limiters[process % len(self.limiters)], chat_id, Priority.PREVIEW)
        if wait == 0:
            self.sent.append(Sent(_now(), chat_id, Priority.PREVIEW))
        return wait

    def moments(self, chat_id: int) -> list[float]:
        return sorted(call.at for call in self.sent if call.chat_id == chat_id)


def _now() -> float:
    return asyncio.get_running_loop().time()


async def try_slot(limiter: RateLimiter, chat_id: int, priority: Priority) -> Slot | float:
    try:
        return await limiter.try_acquire(chat_id, priority)
    except PreviewDropped as refusal:
        return refusal.retry_after


async def wait_for_slot(limiter: RateLimiter, chat_id: int, priority: Priority) -> float:
    """0.0: the slot was there at once."""
    told = await try_slot(limiter, chat_id, priority)
    return told if isinstance(told, float) else 0.0


def run(opened: Opened, scenario: Callable[[Senders, list[RateLimiter]], Awaitable[None]]) -> None:
    async def work() -> None:
        async with opened() as limiters:
            await scenario(Senders(limiters), limiters)

    run_in_virtual_time(work)


def most_within(moments: list[float], seconds: float) -> int:
    moments = sorted(moments)
    return max(
        (bisect_left(moments, moment + seconds - ROUNDING) - index for index, moment in enumerate(moments)), default=0
    )


def check_limits(sent: list[Sent]) -> None:
    """What the strictest Telegram would count: 30 in any second, 3 in any 3 s of a chat, 20 in any 60 s of a group."""
    assert most_within([call.at for call in sent], 1.0) <= 30
    chats: dict[int, list[float]] = defaultdict(list)
    for call in sent:
        chats[call.chat_id].append(call.at)
    for chat_id, moments in chats.items():
        if chat_id < 0:
            assert most_within(moments, 60.0) <= 20
        else:
            assert most_within(moments, 3.0) <= 3
