"""Telegram's flood limits: how many calls may pass, and for how long a breach is punished.

Sources: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this (about 1 message a second in a
chat, 20 a minute in a group, 30 a second in all). Draft limits are not published: the figures here are an assumption.
"""

from collections import deque
from dataclasses import dataclass
from typing import Literal, Protocol

from tests.emulators.telegram.clock import Clock
from tests.emulators.telegram.errors import too_many_requests

LimitMode = Literal["off", "soft", "strict"]

COUNTED_PREFIXES = ("send", "editmessage", "editephemeral", "copymessage", "forwardmessage")
DRAFTS = frozenset({"sendmessagedraft", "sendrichmessagedraft"})
FREE = frozenset({"sendchataction"})


@dataclass(frozen=True, slots=True)
class Limits:
    """`strict` counts in sliding windows, `soft` is a token bucket of the same rates, `off` lets everything pass."""

    mode: LimitMode = "off"
    per_second: int = 30
    chat_burst: int = 3
    chat_per_second: float = 1.0
    group_per_minute: int = 20
    drafts_per_second: float = 5.0
    draft_burst: int = 10
    penalty_seconds: float = 0.0


class Meter(Protocol):
    """Says how many seconds must pass before one more call fits; 0 when it fits now."""

    def wait(self, now: float) -> float: ...

    def count(self, now: float) -> None: ...


class SlidingWindow:
    def __init__(self, calls: int, seconds: float) -> None:
        self._calls = calls
        self._seconds = seconds
        self._stamps: deque[float] = deque()

    def wait(self, now: float) -> float:
        while self._stamps and self._stamps[0] <= now - self._seconds:
            self._stamps.popleft()
        if len(self._stamps) < self._calls:
            return 0.0
        return self._stamps[0] + self._seconds - now

    def count(self, now: float) -> None:
        self._stamps.append(now)


class TokenBucket:
    def __init__(self, calls: int, seconds: float) -> None:
        self._capacity = float(calls)
        self._rate = calls / seconds
        self._tokens = float(calls)
        self._updated: float | None = None

    def wait(self, now: float) -> float:
        if self._updated is not None:
            self._tokens = min(self._capacity, self._tokens + (now - self._updated) * self._rate)
        self._updated = now
        return 0.0 if self._tokens >= 1.0 else (1.0 - self._tokens) / self._rate

    def count(self, now: float) -> None:
        self._tokens -= 1.0


class LimitKeeper:
    """Applies `limits` to calls; a key that broke its limit stays shut until its retry_after has passed."""

    def __init__(self, clock: Clock, limits: Limits) -> None:
        self._clock = clock
        self.limits = limits
        self._meters: dict[str, Meter] = {}
        self._shut_until: dict[str, float] = {}

    def configure(self, limits: Limits) -> None:
        """Replaces the limits and forgets what was counted under the old ones."""
        self.limits = limits
        self._meters.clear()
        self._shut_until.clear()

    def admit(self, method: str, chat_id: int | None, calls: int = 1) -> None:
        """Counts a call. Raises ApiError 429 when it does not fit; a refused call is not counted."""
        name = method.lower()
        if self.limits.mode == "off" or name in FREE or not name.startswith(COUNTED_PREFIXES):
            return
        now = self._clock.now()
        meters = self._meters_for(name, chat_id)
        for key, meter in meters:
            shut = self._shut_until.get(key, 0.0) - now
            wait = shut if shut > 0 else meter.wait(now)
            if wait > 0:
                refusal = too_many_requests(wait if shut > 0 else max(wait, self.limits.penalty_seconds))
                if shut <= 0:
                    self._shut_until[key] = now + (refusal.retry_after or 0)
                raise refusal
        for _, meter in meters:
            for _ in range(calls):
                meter.count(now)

    def _meters_for(self, name: str, chat_id: int | None) -> list[tuple[str, Meter]]:
        limits = self.limits
        if name in DRAFTS:
            return [self._meter(f"drafts:{chat_id}", limits.draft_burst, limits.draft_burst / limits.drafts_per_second)]
        meters = [self._meter("all", limits.per_second, 1.0)]
        if chat_id is not None and chat_id < 0:
            meters.append(self._meter(f"chat:{chat_id}", limits.group_per_minute, 60.0))
        elif chat_id is not None:
            window = limits.chat_burst / limits.chat_per_second
            meters.append(self._meter(f"chat:{chat_id}", limits.chat_burst, window))
        return meters

    def _meter(self, key: str, calls: int, seconds: float) -> tuple[str, Meter]:
        meter = self._meters.get(key)
        if meter is None:
            meter = SlidingWindow(calls, seconds) if self.limits.mode == "strict" else TokenBucket(calls, seconds)
            self._meters[key] = meter
        return key, meter
