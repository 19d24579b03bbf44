"""Telegram's published limits as paces.

Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this. Against a strict sliding window
even pacing just below the limit gets no 429, while a bucket that allows bursts gets them far below it.
"""

from dataclasses import dataclass, replace

from services.delivery.ports import Priority


@dataclass(frozen=True, slots=True)
class Limits:
    per_second: float = 29.0
    """Over all chats, evenly paced; Telegram allows about 30."""
    chat_period: float = 1.0
    """Seconds between messages in one chat, after the burst."""
    chat_burst: int = 3
    group_window: float = 60.0
    group_calls: int = 20
    group_preview_period: float = 3.0
    """Previews in a group are spread over the window, so that a long answer does not use it up at once."""
    draft_period: float = 0.35
    """Nothing is published about drafts; clients refresh them about three times a second."""

    @property
    def gap(self) -> float:
        """Seconds between two calls over all chats."""
        return 1.0 / self.per_second

    def shared_by(self, processes: int) -> "Limits":
        """The part of one process where the common clock is out of reach."""
        return replace(
            self,
            per_second=self.per_second / processes,
            chat_period=self.chat_period * processes,
            chat_burst=max(1, self.chat_burst // processes),
            group_calls=max(1, self.group_calls // processes),
            group_preview_period=self.group_preview_period * processes,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What one call must satisfy. Seconds; 0 switches a rule off."""

    gap: float
    """Between calls over all chats."""
    horizon: float
    """How far ahead a slot over all chats may be taken. Greater for the urgent: they book before the others may."""
    period: float
    tolerance: float
    """How much earlier than the chat's even pace a call may come: the burst, less what is kept for the urgent."""
    group_calls: int
    preview_period: float


KEPT_IN_CHAT = {Priority.FINAL: 0, Priority.REPLY: 0, Priority.NOTIFICATION: 1, Priority.PREVIEW: 1}
KEPT_IN_GROUP = {Priority.FINAL: 0, Priority.REPLY: 1, Priority.NOTIFICATION: 3, Priority.PREVIEW: 5}
SLOTS_AHEAD = {Priority.FINAL: 2, Priority.REPLY: 2, Priority.NOTIFICATION: 1, Priority.PREVIEW: 0}


def terms(limits: Limits, chat_id: int, priority: Priority, *, at_once: bool) -> Terms:
    """`at_once`: the caller will not wait, so no slot ahead is taken."""
    if priority is Priority.DRAFT:
        return Terms(gap=0, horizon=0, period=limits.draft_period, tolerance=0, group_calls=0, preview_period=0)
    is_group = chat_id < 0
    kept = min(KEPT_IN_CHAT[priority], limits.chat_burst - 1)
    return Terms(
        gap=limits.gap,
        horizon=0.0 if at_once else SLOTS_AHEAD[priority] * limits.gap,
        period=limits.chat_period,
        tolerance=(limits.chat_burst - 1 - kept) * limits.chat_period,
        group_calls=max(1, limits.group_calls - KEPT_IN_GROUP[priority]) if is_group else 0,
        preview_period=limits.group_preview_period if is_group and priority is Priority.PREVIEW else 0.0,
    )
