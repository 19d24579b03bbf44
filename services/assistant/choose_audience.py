"""Who is to get an announcement."""

from services.assistant.broadcast_drafts import Proposal, moved_on, own_broadcast, propose
from services.domain.broadcast import Audience
from services.domain.member import Member
from services.store.ports import Store


class ChooseAudience:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, member: Member, broadcast_id: int, audience: Audience) -> Proposal:
        """Raises NotAllowed, StaleAction when it is not a draft any more."""
        async with self._store.transaction() as tx:
            await own_broadcast(tx, member, broadcast_id)
            chosen = await tx.broadcasts.choose(broadcast_id, audience)
            if chosen is None:
                raise await moved_on(tx, broadcast_id)
            return await propose(tx, chosen)
