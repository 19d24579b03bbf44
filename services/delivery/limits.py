"""Telegram's published limits as windows and paces.

Source: https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this: about 30 messages a second over
all chats, one a second in a chat (short bursts pass), 20 a minute in a group.
"""

from dataclasses import dataclass, replace

from services.delivery.ports import Priority


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and calls. Each window is a little longer than Telegram's: calls take a varying time to get there, and
    what arrives very late is reported (`RateLimiter.landed`) and shifts the windows by itself.
    """

    per_second: float = 29.82
    """The even pace over all chats."""
    catch_up: float = 0.1
    """How far a pace that lost time may run behind and make it good again."""
    closest: float = 0.015
    """Between two calls over all chats while catching up."""
    calls: int = 30
    window: float = 1.006
    chat_calls: int = 3
    chat_window: float = 3.05
    chat_spacing: float = 0.1
    """Between calls in one chat: a refusal is known before the next one leaves."""
    group_calls: int = 20
    group_window: float = 60.25
    group_spacing: float = 0.2
    preview_spacing: float = 1.2
    """From any call in a private chat to a preview: a final that comes at the worst moment waits 0.65 s."""
    group_preview_period: float = 3.0
    """Between previews of a group: a long answer does not use its window up at once."""
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
            calls=max(1, self.calls // processes),
            chat_calls=max(1, self.chat_calls // processes),
            group_calls=max(1, self.group_calls // processes),
            group_preview_period=self.group_preview_period * processes,
        )


@dataclass(frozen=True, slots=True)
class Terms:
    """What one call must satisfy. Seconds and calls; 0 switches a rule off."""

    gap: float = 0.0
    """Between calls over all chats."""
    horizon: float = 0.0
    """How far ahead a slot over all chats may be taken. Greater for the urgent: they book before the others may."""
    chat_calls: int = 0
    """In the chat's window, this one included."""
    kept: int = 0
    """How many of those are left alone while a final is expected in the chat."""
    chat_window: float = 0.0
    spacing: float = 0.0
    """From the last call in the chat."""
    preview_period: float = 0.0
    """From the last preview in the chat."""
    draft_period: float = 0.0
    """From the last draft in the chat. A draft takes nothing else."""


KEPT_IN_CHAT = {Priority.FINAL: 0, Priority.REPLY: 0, Priority.NOTIFICATION: 1, Priority.PREVIEW: 0}
KEPT_IN_GROUP = {Priority.FINAL: 0, Priority.REPLY: 1, Priority.NOTIFICATION: 2, Priority.PREVIEW: 0}
NEVER_FOR_PREVIEWS = 5
"""Calls of a group's window that previews leave to others in any case."""
SLOTS_AHEAD = {Priority.FINAL: 2, Priority.REPLY: 2, Priority.NOTIFICATION: 1, Priority.PREVIEW: 0}


def terms(limits: Limits, chat_id: int, priority: Priority, *, at_once: bool) -> Terms:
    """`at_once`: the caller will not wait, so no slot ahead is taken."""
    if priority is Priority.DRAFT:
        return Terms(draft_period=limits.draft_period)
    is_group, is_preview = chat_id < 0, priority is Priority.PREVIEW
    calls = limits.group_calls if is_group else limits.chat_calls
    if is_group and is_preview:
        calls = max(1, calls - NEVER_FOR_PREVIEWS)
    spacing = limits.group_spacing if is_group else limits.chat_spacing
    return Terms(
        gap=limits.gap,
        horizon=0.0 if at_once else SLOTS_AHEAD[priority] * limits.gap,
        chat_calls=calls,
        kept=min(calls - 1, (KEPT_IN_GROUP if is_group else KEPT_IN_CHAT)[priority]),
        chat_window=limits.group_window if is_group else limits.chat_window,
        spacing=max(spacing, limits.preview_spacing) if is_preview and not is_group else spacing,
        preview_period=limits.group_preview_period if is_group and is_preview else 0.0,
    )
