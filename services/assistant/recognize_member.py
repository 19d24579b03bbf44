"""Who is speaking? Asked for every update."""

from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role
from services.store.ports import Store


class RecognizeMember:
    def __init__(self, store: Store, admin_ids: tuple[int, ...]) -> None:
        self._store = store
        self._admin_ids = frozenset(admin_ids)

    async def __call__(
        self, telegram_id: int, name: str, username: str | None, client_language: Language | None = None
    ) -> Member | None:
        """The member, with today's name; None for a stranger. People of ADMIN_IDS are admins from the first word. Not
        every update tells the client's language: what is known stays.
        """
        member = await self.find(telegram_id)
        if telegram_id in self._admin_ids and (member is None or not member.may_administer):
            member = await self._enthrone(telegram_id, name, username)
        if member is None:
            return None
        language = client_language or member.client_language
        if (member.name, member.username, member.client_language) == (name, username, language):
            return member
        async with self._store.transaction() as tx:
            return await tx.members.seen(member.id, name, username, language)

    async def find(self, telegram_id: int) -> Member | None:
        """The member as known, for an update that says who acts and nothing more of them."""
        async with self._store.reading() as tx:
            return await tx.members.by_telegram_id(telegram_id)

    async def _enthrone(self, telegram_id: int, name: str, username: str | None) -> Member:
        async with self._store.transaction() as tx:
            member = await tx.members.add(telegram_id, name, username, role=Role.ADMIN, status=MemberStatus.ACTIVE)
            if not member.may_administer:
                member = await tx.members.change(member.id, role=Role.ADMIN, status=MemberStatus.ACTIVE)
            await tx.audit.add("admin_by_settings", member.id)
            return member
