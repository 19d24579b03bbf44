"""How intake is doing, for /status and the probes."""

import time
from dataclasses import dataclass, field
from enum import StrEnum


class PollerHealth(StrEnum):
    IDLE = "idle"
    """Not polling: webhooks, or not started."""
    OK = "ok"
    CONFLICT = "conflict"
    """Another instance polls with this token: Telegram answers 409 to one of the two."""
    UNAUTHORIZED = "unauthorized"
    """Telegram does not know the token."""
    UNREACHABLE = "unreachable"
    STORE = "store"
    """Updates cannot be stored, so none is taken."""
    SILENT = "silent"
    """No getUpdates came back for too long: the connection hangs."""


SILENT_AFTER_SECONDS = 120.0
"""A long poll lasts less than a minute."""
CONFLICT_SHOWN_SECONDS = 120.0
"""Two instances take turns: each polls well in between, and both must say so all the time."""


@dataclass(slots=True)
class PollerState:
    health: PollerHealth = PollerHealth.IDLE
    last_error: str = ""
    """Kind of the last failure; never its text, which may quote addresses."""
    failures: int = 0
    """In a row."""
    conflicts: int = 0
    resets: int = 0
    """Sessions thrown away by the watchdog."""
    received: int = 0
    started_at: float = field(default_factory=time.monotonic)
    completed_at: float | None = None
    conflict_at: float | None = None

    @property
    def shown(self) -> PollerHealth:
        """What an operator should know now."""
        now = time.monotonic()
        if self.conflict_at is not None and now - self.conflict_at < CONFLICT_SHOWN_SECONDS:
            return PollerHealth.CONFLICT
        if self.health is PollerHealth.OK and self.seconds_since_completed() > SILENT_AFTER_SECONDS:
            return PollerHealth.SILENT
        return self.health

    @property
    def trouble(self) -> str:
        """Code of what keeps updates from coming; empty when they come."""
        shown = self.shown
        return "" if shown in (PollerHealth.IDLE, PollerHealth.OK) else shown.value

    def completed(self) -> None:
        self.completed_at = time.monotonic()
        self.health, self.failures, self.last_error = PollerHealth.OK, 0, ""

    def failed(self, health: PollerHealth, error: Exception) -> None:
        self.health, self.last_error = health, type(error).__name__
        self.failures += 1

    def another_polls(self, error: Exception) -> None:
        self.conflicts += 1
        self.conflict_at = time.monotonic()
        self.failed(PollerHealth.CONFLICT, error)

    def seconds_since_completed(self) -> float:
        """Since the last getUpdates that came back, or since the start."""
        return time.monotonic() - (self.completed_at if self.completed_at is not None else self.started_at)
