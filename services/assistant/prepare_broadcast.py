"""An administrator has something to tell: it waits for a last look."""

from services.assistant.broadcast_drafts import Proposal, propose
from services.domain.broadcast import Audience
from services.domain.chat import ChatAddress
from services.domain.errors import NotAllowed
from services.domain.member import Member
from services.store.ports import Store


class PrepareBroadcast:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, member: Member, source: ChatAddress) -> Proposal:
        """`source`: the copy that the author was shown. For all members until another audience is chosen.

        Raises NotAllowed.
        """
        if not member.may_administer:
            raise NotAllowed
        async with self._store.transaction() as tx:
            return await propose(tx, await tx.broadcasts.add(member.id, source, Audience.MEMBERS))
