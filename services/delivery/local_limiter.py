"""The pace of one process alone: what is left of the limiter while Redis is away."""

import asyncio

from services.delivery.call_history import CallHistory
from services.delivery.limits import Limits, Terms
from services.delivery.ports import Priority
from services.delivery.queued_limiter import Answer, QueuedLimiter, Verdict


class LocalRateLimiter(QueuedLimiter):
    """The same rules in memory. Give it `Limits().shared_by(n)` where n processes may speak at once, and the history
    that the shared limiter of this process wrote."""

    def __init__(self, limits: Limits | None = None, history: CallHistory | None = None) -> None:
        super().__init__(limits or Limits(), history)
        self._pace = 0.0
        self._last_preview: dict[int, float] = {}
        self._next_draft: dict[int, float] = {}

    async def _ask(self, chat_id: int, priority: Priority, conditions: Terms, name: str) -> Answer:
        now = asyncio.get_running_loop().time()
        history = self.history
        if (frozen := history.frozen_for(chat_id)) > 0:
            is_here = history.frozen.get(chat_id, 0.0) > now
            return Answer(Verdict.IN_CHAT if is_here else Verdict.EVERYWHERE, frozen)
        if priority is Priority.DRAFT:
            return self._draft(chat_id, conditions, now)
        if (wait := self._wait_in_chat(chat_id, conditions, now)) > 0:
            return Answer(Verdict.IN_CHAT, wait)
        slot = self._next_slot(now)
        if slot - now > conditions.horizon:
            return Answer(Verdict.EVERYWHERE, slot - now - conditions.horizon)
        self._pace = max(self._pace_at(now), slot - self._limits.catch_up) + conditions.gap
        history.take(chat_id, slot, name)
        history.is_ahead = True
        if conditions.preview_period:
            self._last_preview[chat_id] = slot
        return Answer(Verdict.GRANTED, slot - now)

    def _draft(self, chat_id: int, conditions: Terms, now: float) -> Answer:
        wait = self._next_draft.get(chat_id, 0.0) - now
        if wait > 0:
            return Answer(Verdict.IN_CHAT, wait)
        self._next_draft[chat_id] = now + conditions.draft_period
        return Answer(Verdict.GRANTED, 0.0)

    def _wait_in_chat(self, chat_id: int, conditions: Terms, now: float) -> float:
        window = conditions.chat_window
        moments = sorted(taken.at for taken in self.history.chats.get(chat_id, ()) if taken.at > now - window)
        expected = self.history.expected.get(chat_id, 0.0)
        most = conditions.chat_calls - (conditions.kept if expected > now else 0)
        wait = moments[-most] + window - now if len(moments) >= most else 0.0
        if most <= len(moments) < conditions.chat_calls:
            wait = min(wait, expected - now)
        if moments:
            wait = max(wait, moments[-1] + conditions.spacing - now)
        if conditions.preview_period and chat_id in self._last_preview:
            wait = max(wait, self._last_preview[chat_id] + conditions.preview_period - now)
        return wait

    def _next_slot(self, now: float) -> float:
        limits = self._limits
        moments = sorted(taken.at for taken in self.history.everywhere)
        slot = max(now, self._pace_at(now))
        if moments:
            slot = max(slot, moments[-1] + limits.closest)
        if len(moments) >= limits.calls:
            slot = max(slot, moments[-limits.calls] + limits.window)
        return slot

    def _pace_at(self, now: float) -> float:
        """After a rest nothing is to be made good."""
        return self._pace if self._pace >= now - self._limits.catch_up else now
