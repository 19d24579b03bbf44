"""An administrator has looked at an announcement and thought better of it."""

from services.assistant.broadcast_drafts import moved_on, own_broadcast
from services.assistant.ports import Clock
from services.domain.broadcast import Broadcast
from services.domain.member import Member
from services.store.ports import Store


class DiscardBroadcast:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, member: Member, broadcast_id: int) -> Broadcast:
        """Raises NotAllowed, StaleAction when it is on its way already."""
        async with self._store.transaction() as tx:
            await own_broadcast(tx, member, broadcast_id)
            dropped = await tx.broadcasts.discard(broadcast_id, self._clock.now())
            if dropped is None:
                raise await moved_on(tx, broadcast_id)
            return dropped
