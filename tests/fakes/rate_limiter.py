"""A rate limiter that remembers every slot it gave and decides by reading the whole list: slow, and plain to check."""

import asyncio

from services.delivery.limits import Limits, Terms
from services.delivery.ports import Priority
from services.delivery.queued_limiter import Answer, QueuedLimiter, Verdict

UNLIMITED = Limits(
    per_second=1e6, chat_period=1e-6, group_calls=1_000_000, group_preview_period=1e-6, draft_period=1e-6
)


class FakeRateLimiter(QueuedLimiter):
    """By default nobody waits; give it limits to see waiting. `granted`: (moment, chat, priority) of every slot."""

    def __init__(self, limits: Limits = UNLIMITED) -> None:
        super().__init__(limits)
        self.granted: list[tuple[float, int, Priority]] = []
        self.freezes: list[tuple[int | None, float]] = []
        self._frozen_until: dict[int | None, float] = {}

    async def _ask(self, chat_id: int, priority: Priority, conditions: Terms) -> Answer:
        now = asyncio.get_running_loop().time()
        if (wait := self._frozen_until.get(None, 0.0) - now) > 0:
            return Answer(Verdict.EVERYWHERE, wait)
        if (wait := self._wait_in_chat(chat_id, priority, conditions, now)) > 0:
            return Answer(Verdict.IN_CHAT, wait)
        slot = now
        if conditions.gap:
            messages = [moment for moment, _, level in self.granted if level is not Priority.DRAFT]
            slot = max(now, max(messages, default=float("-inf")) + conditions.gap)
            if slot - now > conditions.horizon:
                return Answer(Verdict.EVERYWHERE, slot - now - conditions.horizon)
        self.granted.append((slot, chat_id, priority))
        return Answer(Verdict.GRANTED, slot - now)

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        self.freezes.append((chat_id, seconds))
        until = asyncio.get_running_loop().time() + seconds
        self._frozen_until[chat_id] = max(until, self._frozen_until.get(chat_id, 0.0))

    def _wait_in_chat(self, chat_id: int, priority: Priority, conditions: Terms, now: float) -> float:
        here = [(moment, level) for moment, chat, level in self.granted if chat == chat_id]
        same_kind = [moment for moment, level in here if (level is Priority.DRAFT) == (priority is Priority.DRAFT)]
        next_call = 0.0
        for moment in same_kind:
            next_call = max(next_call, moment) + conditions.period
        wait = max(self._frozen_until.get(chat_id, 0.0) - now, next_call - conditions.tolerance - now)
        if conditions.group_calls:
            window = self._limits.group_window
            recent = [moment for moment, _ in here if moment > now - window]
            if len(recent) >= conditions.group_calls:
                wait = max(wait, recent[-conditions.group_calls] + window - now)
        if conditions.preview_period:
            previews = [moment for moment, level in here if level is Priority.PREVIEW]
            wait = max(wait, max(previews, default=0.0) + conditions.preview_period - now)
        return wait
