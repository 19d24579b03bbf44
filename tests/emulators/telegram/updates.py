"""The queue of updates that wait for the bot."""

import random
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from aiogram.types import TelegramObject, Update

from tests.emulators.telegram.clock import Clock

MESSAGE_LIFETIME = 86_400.0
CALLBACK_LIFETIME = 150.0
# Sent only to bots that ask for them by name.
ON_REQUEST = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True, slots=True)
class QueuedUpdate:
    """`key` orders delivery: updates of one key reach a webhook strictly one after the other."""

    update: Update
    kind: str
    key: str
    expires_at: float
    body: bytes

    @property
    def id(self) -> int:
        return self.update.update_id


class UpdateQueue:
    def __init__(self, clock: Clock, generator: random.Random) -> None:
        self._clock = clock
        self._next_id = generator.randrange(100_000_000, 999_000_000)
        self._pending: OrderedDict[int, QueuedUpdate] = OrderedDict()
        self._allowed: frozenset[str] | None = None
        self.on_added: list[Callable[[QueuedUpdate], None]] = []
        self.on_confirmed: list[Callable[[QueuedUpdate], None]] = []

    def allow(self, kinds: Iterable[str] | None) -> None:
        """None keeps the previous choice; an empty one means the default. Updates already queued stay."""
        if kinds is not None:
            self._allowed = frozenset(kinds) or None

    @property
    def allowed(self) -> list[str] | None:
        return sorted(self._allowed) if self._allowed else None

    def add(
        self, kind: str, payload: TelegramObject, key: str, lifetime: float = MESSAGE_LIFETIME
    ) -> QueuedUpdate | None:
        """Queues an update; None when the bot has not asked for updates of this kind."""
        if (kind not in self._allowed) if self._allowed else (kind in ON_REQUEST):
            return None
        update = Update(update_id=self._next_id, **{kind: payload})  # type: ignore[arg-type]
        body = update.model_dump_json(by_alias=True, exclude_none=True, exclude_unset=True).encode()
        queued = QueuedUpdate(update, kind, key, self._clock.now() + lifetime, body)
        self._next_id += 1
        self._pending[queued.id] = queued
        for listener in self.on_added:
            listener(queued)
        return queued

    def pending(self) -> list[QueuedUpdate]:
        """Updates not yet confirmed, oldest first; expired ones are forgotten."""
        now = self._clock.now()
        for expired in [queued.id for queued in self._pending.values() if queued.expires_at <= now]:
            del self._pending[expired]
        return list(self._pending.values())

    def take(self, limit: int) -> list[QueuedUpdate]:
        """The oldest updates; they stay queued until confirmed."""
        return self.pending()[:limit]

    def confirm_below(self, offset: int) -> None:
        """Positive: everything below has arrived. Negative: all but the last -offset are forgotten."""
        pending = self.pending()
        done = pending[:offset] if offset < 0 else [queued for queued in pending if queued.id < offset]
        for queued in done:
            self.confirm(queued)

    def confirm(self, queued: QueuedUpdate) -> None:
        if self._pending.pop(queued.id, None) is not None:
            for listener in self.on_confirmed:
                listener(queued)

    def contains(self, queued: QueuedUpdate) -> bool:
        return queued.id in self._pending and queued.expires_at > self._clock.now()

    def clear(self) -> None:
        self._pending.clear()

    def __len__(self) -> int:
        return len(self.pending())
