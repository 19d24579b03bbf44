"""The rule of asking: one caller of a process at a time, one question a slot, never a loop of polling."""

import asyncio
import secrets
from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import IntEnum
from itertools import count

from services.delivery.call_history import CallHistory
from services.delivery.lateness import Lateness
from services.delivery.limits import Limits, Terms, terms
from services.delivery.ports import PreviewDropped, Priority, Slot
from services.delivery.waiting_line import WaitingLine

SHORTEST_WAIT = 0.0005
"""Seconds. A wait that is lost in rounding would make the refused caller ask again at the same moment, for ever."""
EXPECTED_SECONDS = 6.0
"""Who types says so every 4 s; a sign that was lost on the way costs nothing."""


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

    def __init__(self, limits: Limits, history: CallHistory | None = None) -> None:
        self._limits = limits
        self.history = history if history is not None else CallHistory()
        self._line = WaitingLine()
        self._lateness = Lateness()
        self._process = secrets.token_hex(4)
        self._numbers = count()

    @abstractmethod
    async def _ask(self, chat_id: int, priority: Priority, conditions: Terms, name: str) -> Answer: ...

    async def acquire(self, chat_id: int, priority: Priority) -> Slot:
        conditions = terms(self._limits, chat_id, priority, at_once=False)
        ticket = self._line.ticket(chat_id, priority)
        while True:
            await self._line.enter(ticket)
            asked, name = asyncio.get_running_loop().time(), self._name()
            answer: Answer | None = None
            try:
                answer = await self._ask(chat_id, priority, conditions, name)
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
                    if self.history.frozen_for(chat_id) > 0:
                        continue  # a refusal came while this call waited for its slot
                return Slot(chat_id, asked + answer.wait, name)

    async def try_acquire(self, chat_id: int, priority: Priority) -> Slot:
        if priority is not Priority.DRAFT and self._line.is_ahead_of(chat_id, priority):
            raise PreviewDropped(self._limits.gap)
        asked, name = asyncio.get_running_loop().time(), self._name()
        answer = await self._ask(chat_id, priority, terms(self._limits, chat_id, priority, at_once=True), name)
        if answer.verdict is not Verdict.GRANTED:
            raise PreviewDropped(max(answer.wait, 0.001))
        return Slot(chat_id, asked, "" if priority is Priority.DRAFT else name)

    async def landed(self, slot: Slot) -> None:
        if not slot.name:
            return
        late = self._lateness.of(asyncio.get_running_loop().time() - slot.due)
        if late > 0:
            await self._shift(slot, late)

    async def _shift(self, slot: Slot, late: float) -> None:
        self.history.shift(slot.chat_id, slot.name, late)

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        self.history.freeze(chat_id, asyncio.get_running_loop().time() + seconds)

    async def frozen_for(self, chat_id: int) -> float:
        return self.history.frozen_for(chat_id)

    async def expect_final(self, chat_id: int) -> None:
        self.history.expected[chat_id] = asyncio.get_running_loop().time() + EXPECTED_SECONDS

    def _name(self) -> str:
        return f"{self._process}:{next(self._numbers)}"
