"""An admin changes somebody's role, blocks them, or lets them back in."""

from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member, MemberStatus, Role
from services.store.ports import Store


class ChangeMember:
    def __init__(self, store: Store, admin_ids: tuple[int, ...]) -> None:
        self._store = store
        self._admin_ids = frozenset(admin_ids)

    async def __call__(
        self, admin: Member, member_id: int, *, role: Role | None = None, status: MemberStatus | None = None
    ) -> Member:
        """Raises NotAllowed for people who are no admins, for oneself (an admin cannot lock themselves out), and for
        those whom the settings make admins; StaleAction for an unknown person."""
        if not admin.may_administer or admin.id == member_id:
            raise NotAllowed
        async with self._store.transaction() as tx:
            member = await tx.members.get(member_id)
            if member is None:
                raise StaleAction(f"no member {member_id}", state="unknown")
            if member.telegram_id in self._admin_ids:
                raise NotAllowed
            changed = await tx.members.change(member_id, role=role, status=status)
            await tx.audit.add(
                "member_changed", admin.id, member=member_id, role=changed.role.value, status=changed.status.value
            )
            return changed
