"""The rule of asking: one caller of a process at a time, one question a slot, never a loop of polling."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum

from services.delivery.limits import Limits, Terms, terms
from services.delivery.ports import Priority
from services.delivery.waiting_line import WaitingLine

SHORTEST_WAIT = 0.0005
"""Seconds. A wait that is lost in rounding would make the refused caller ask again at the same moment, for ever."""


class Verdict(IntEnum):
    GRANTED = 0
    EVERYWHERE = 1
    """Refused by the pace or the freeze over all chats."""
    IN_CHAT = 2


@dataclass(frozen=True, slots=True)
class Answer:
    verdict: Verdict
    wait: float
    """Seconds: granted, until the slot that is yours; refused, until it is worth asking again."""


class QueuedLimiter(ABC):
    """A RateLimiter over any clock that can answer for one call."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._line = WaitingLine()

    @abstractmethod
    async def _ask(self, chat_id: int, priority: Priority, conditions: Terms) -> Answer: ...

    async def acquire(self, chat_id: int, priority: Priority) -> None:
        conditions = terms(self._limits, chat_id, priority, at_once=False)
        ticket = self._line.ticket(chat_id, priority)
        while True:
            await self._line.enter(ticket)
            answer: Answer | None = None
            try:
                answer = await self._ask(chat_id, priority, conditions)
            except Exception as error:
                self._line.dismiss(error)
                raise
            finally:
                refused = answer is not None and answer.verdict is not Verdict.GRANTED
                self._line.leave(
                    ticket,
                    refused_for=max(answer.wait, SHORTEST_WAIT) if answer is not None and refused else 0.0,
                    everywhere=answer is not None and answer.verdict is Verdict.EVERYWHERE,
                )
            if answer.verdict is Verdict.GRANTED:
                if answer.wait > 0:
                    await asyncio.sleep(answer.wait)
                return

    async def try_acquire(self, chat_id: int, priority: Priority) -> float:
        if priority is not Priority.DRAFT and self._line.is_ahead_of(chat_id, priority):
            return self._limits.gap
        answer = await self._ask(chat_id, priority, terms(self._limits, chat_id, priority, at_once=True))
        return 0.0 if answer.verdict is Verdict.GRANTED else max(answer.wait, 0.001)

    @abstractmethod
    async def freeze(self, chat_id: int | None, seconds: float) -> None: ...
