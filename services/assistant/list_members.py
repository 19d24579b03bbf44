"""The team, for admins."""

from collections.abc import Sequence

from services.domain.errors import NotAllowed
from services.domain.member import Member
from services.store.ports import Store


class ListMembers:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self, admin: Member) -> Sequence[Member]:
        """Everybody known, requests first. Raises NotAllowed."""
        if not admin.may_administer:
            raise NotAllowed
        async with self._store.reading() as tx:
            members = await tx.members.list()
        order = {"requested": 0, "active": 1, "blocked": 2}
        return sorted(members, key=lambda member: (order[member.status.value], member.name.casefold(), member.id))
