"""The sound of recordings so old that nobody tries them again is deleted."""

from datetime import timedelta

from services.assistant.listening.drop_sound import DropSound
from services.assistant.ports import Clock
from services.store.ports import Store


class DropOldSound:
    def __init__(self, store: Store, clock: Clock, drop: DropSound, keep: timedelta) -> None:
        self._store = store
        self._clock = clock
        self._drop = drop
        self._keep = keep

    async def __call__(self) -> int:
        """How many. Raises FilesUnavailable, StoreUnavailable."""
        before, dropped = self._clock.now() - self._keep, 0
        while True:
            async with self._store.reading() as tx:
                old = await tx.recordings.with_files_before(before)
            for recording in old:
                await self._drop(recording)
            dropped += len(old)
            if not old:
                return dropped
