"""Rows of updates and messages that are long done; the sound of old recordings."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from services.assistant.listening.drop_old_sound import DropOldSound
from services.assistant.ports import Clock
from services.store.ports import Store, Transaction

KEEP_UPDATES = timedelta(days=3)
"""Telegram sends nothing again that is older than a day."""
KEEP_DELIVERIES = timedelta(days=30)
KEEP_SEARCHES = timedelta(days=90)
"""What was found for an answer, and how good it was thought to be: long enough to learn from it."""
BATCH = 2_000
"""Rows a transaction: other writers wait no longer than that takes."""


class PurgeOldRows:
    def __init__(
        self,
        store: Store,
        clock: Clock,
        drop_old_sound: DropOldSound,
        keep_cached: timedelta = timedelta(days=1),
    ) -> None:
        """`keep_cached`: how long a draft may answer another brief."""
        self._store = store
        self._clock = clock
        self._drop_old_sound = drop_old_sound
        self._keep_cached = keep_cached

    async def __call__(self) -> int:
        """How many rows and sounds are gone. What administrators should look at stays. Raises FilesUnavailable."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            total = await tx.inbox.purge(now - KEEP_UPDATES)
            total += await tx.cached_drafts.purge(now - self._keep_cached)
            total += await tx.translations.purge(now - KEEP_SEARCHES)
        total += await self._in_batches(lambda tx: tx.old_rows.purge_deliveries(now - KEEP_DELIVERIES, BATCH))
        total += await self._in_batches(lambda tx: tx.searches.purge(now - KEEP_SEARCHES, BATCH))
        return total + await self._drop_old_sound()

    async def _in_batches(self, purge: Callable[[Transaction], Awaitable[int]]) -> int:
        total = 0
        while True:
            async with self._store.transaction() as tx:
                gone = await purge(tx)
            total += gone
            if gone < BATCH:
                return total
