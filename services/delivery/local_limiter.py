"""The pace of one process alone: what is left of the limiter while Redis is away."""

import asyncio
from collections import deque

from services.delivery.limits import Limits, Terms
from services.delivery.ports import Priority
from services.delivery.queued_limiter import Answer, QueuedLimiter, Verdict

FORGET_ABOVE = 1_000
"""Chats remembered before the quiet ones are dropped."""


class LocalRateLimiter(QueuedLimiter):
    """The same rules in memory. Give it `Limits().shared_by(n)` where n processes may speak at once."""

    def __init__(self, limits: Limits | None = None) -> None:
        super().__init__(limits or Limits())
        self._next_call = 0.0
        self._frozen: dict[int | None, float] = {}
        self._next_in_chat: dict[tuple[int, bool], float] = {}
        self._next_preview: dict[int, float] = {}
        self._group_calls: dict[int, deque[float]] = {}

    async def _ask(self, chat_id: int, priority: Priority, conditions: Terms) -> Answer:
        now = asyncio.get_running_loop().time()
        if (frozen := self._frozen.get(None, 0.0) - now) > 0:
            return Answer(Verdict.EVERYWHERE, frozen)
        if (wait := self._wait_in_chat(chat_id, priority, conditions, now)) > 0:
            return Answer(Verdict.IN_CHAT, wait)
        slot = max(self._next_call, now) if conditions.gap else now
        if slot - now > conditions.horizon:
            return Answer(Verdict.EVERYWHERE, slot - now - conditions.horizon)
        self._take(chat_id, priority, conditions, slot)
        self._forget_quiet_chats(now)
        return Answer(Verdict.GRANTED, slot - now)

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        until = asyncio.get_running_loop().time() + seconds
        self._frozen[chat_id] = max(self._frozen.get(chat_id, 0.0), until)

    def _wait_in_chat(self, chat_id: int, priority: Priority, conditions: Terms, now: float) -> float:
        frozen = self._frozen.get(chat_id, 0.0) - now
        early = self._next_in_chat.get((chat_id, priority is Priority.DRAFT), 0.0) - conditions.tolerance - now
        wait = max(frozen, early)
        if conditions.group_calls == 0:
            return wait
        calls = self._group_calls.setdefault(chat_id, deque())
        while calls and calls[0] <= now - self._limits.group_window:
            calls.popleft()
        if len(calls) >= conditions.group_calls:
            wait = max(wait, calls[len(calls) - conditions.group_calls] + self._limits.group_window - now)
        if conditions.preview_period:
            wait = max(wait, self._next_preview.get(chat_id, 0.0) - now)
        return wait

    def _take(self, chat_id: int, priority: Priority, conditions: Terms, slot: float) -> None:
        if conditions.gap:
            self._next_call = slot + conditions.gap
        pace = (chat_id, priority is Priority.DRAFT)
        self._next_in_chat[pace] = max(self._next_in_chat.get(pace, 0.0), slot) + conditions.period
        if conditions.group_calls:
            self._group_calls[chat_id].append(slot)
        if conditions.preview_period:
            self._next_preview[chat_id] = slot + conditions.preview_period

    def _forget_quiet_chats(self, now: float) -> None:
        if len(self._next_in_chat) <= FORGET_ABOVE:
            return
        self._next_in_chat = {key: until for key, until in self._next_in_chat.items() if until > now}
        self._next_preview = {key: until for key, until in self._next_preview.items() if until > now}
        self._frozen = {key: until for key, until in self._frozen.items() if until > now}
        oldest = now - self._limits.group_window
        self._group_calls = {key: calls for key, calls in self._group_calls.items() if calls and calls[-1] > oldest}
