"""A rate limiter that remembers every slot it gave and decides by reading the whole list: slow, and plain to check."""

import asyncio

from services.delivery.limits import Limits, Terms
from services.delivery.ports import Priority, Slot
from services.delivery.queued_limiter import Answer, QueuedLimiter, Verdict

UNLIMITED = Limits(
    per_second=1e6, closest=0, calls=10**9, chat_calls=10**9, chat_spacing=0, group_calls=10**9, group_spacing=0,
    preview_spacing=0, group_preview_period=0, draft_period=1e-6,
)  # fmt: skip


class FakeRateLimiter(QueuedLimiter):
    """By default nobody waits; give it limits to see waiting. `granted`: (moment, chat, priority) of every slot."""

    def __init__(self, limits: Limits = UNLIMITED) -> None:
        super().__init__(limits)
        self.granted: list[tuple[float, int, Priority]] = []
        self.freezes: list[tuple[int | None, float]] = []
        self.expectations: list[int] = []
        self._names: list[str] = []

    async def _ask(self, chat_id: int, priority: Priority, conditions: Terms, name: str) -> Answer:
        now = asyncio.get_running_loop().time()
        if self.history.frozen_for(None) > 0 and self.history.frozen.get(chat_id, 0.0) <= now:
            return Answer(Verdict.EVERYWHERE, self.history.frozen_for(None))
        if (wait := self._wait_in_chat(chat_id, priority, conditions, now)) > 0:
            return Answer(Verdict.IN_CHAT, wait)
        slot = now if priority is Priority.DRAFT else self._next_slot(now)
        if slot - now > conditions.horizon:
            return Answer(Verdict.EVERYWHERE, slot - now - conditions.horizon)
        self._names.append(name)
        self.granted.append((slot, chat_id, priority))
        return Answer(Verdict.GRANTED, slot - now)

    async def freeze(self, chat_id: int | None, seconds: float) -> None:
        self.freezes.append((chat_id, seconds))
        await super().freeze(chat_id, seconds)

    async def expect_final(self, chat_id: int) -> None:
        self.expectations.append(chat_id)
        await super().expect_final(chat_id)

    async def _shift(self, slot: Slot, late: float) -> None:
        place = self._names.index(slot.name)
        moment, chat_id, priority = self.granted[place]
        self.granted[place] = (moment + late, chat_id, priority)

    def _next_slot(self, now: float) -> float:
        limits = self._limits
        slots = sorted(moment for moment, _, level in self.granted if level is not Priority.DRAFT)
        pace = 0.0
        for moment in [*slots, now]:
            if pace < moment - limits.catch_up:
                pace = moment
            pace = max(pace, moment - limits.catch_up) + limits.gap
        slot = max([now, pace - limits.gap, *(moment + limits.closest for moment in slots[-1:])])
        if len(slots) >= limits.calls:
            slot = max(slot, slots[-limits.calls] + limits.window)
        return slot

    def _wait_in_chat(self, chat_id: int, priority: Priority, conditions: Terms, now: float) -> float:
        here = [(moment, level) for moment, chat, level in self.granted if chat == chat_id]
        waits = [self.history.frozen_for(chat_id)]
        if priority is Priority.DRAFT:
            waits += [moment + conditions.draft_period - now for moment, level in here if level is Priority.DRAFT]
            return max(waits)
        messages = sorted(moment for moment, level in here if level is not Priority.DRAFT)
        waits.append(_until_leaves(messages, conditions.chat_calls) + conditions.chat_window - now)
        if (expected := self.history.expected.get(chat_id, 0.0) - now) > 0:
            kept = _until_leaves(messages, conditions.chat_calls - conditions.kept) + conditions.chat_window - now
            waits.append(min(kept, expected) if len(messages) < conditions.chat_calls else kept)
        waits += [moment + conditions.spacing - now for moment in messages]
        previews = [moment for moment, level in here if level is Priority.PREVIEW]
        waits += [moment + conditions.preview_period - now for moment in previews]
        return max(waits)


def _until_leaves(moments: list[float], most: int) -> float:
    """The moment that must leave a window of `most` calls before another fits; the distant past when one fits now."""
    return moments[-most] if len(moments) >= most else float("-inf")
