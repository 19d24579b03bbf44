"""An admin lets a person in, or does not."""

from services.assistant.hints import hint
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member, MemberStatus
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


class SettleAccess:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(self, admin: Member, member_id: int, *, grant: bool) -> Member:
        """The person, active or blocked. Raises NotAllowed, StaleAction when another admin was quicker."""
        if not admin.may_administer:
            raise NotAllowed
        status = MemberStatus.ACTIVE if grant else MemberStatus.BLOCKED
        async with self._store.transaction() as tx:
            member = await tx.members.settle_request(member_id, status)
            if member is None:
                known = await tx.members.get(member_id)
                raise StaleAction("settled already", state=known.status.value if known else "unknown")
            await tx.audit.add("access", admin.id, member=member_id, granted=int(grant))
            await tx.deliveries.add(
                NewDelivery(
                    kind=DeliveryKind.ACCESS_GRANTED if grant else DeliveryKind.ACCESS_DENIED,
                    address=ChatAddress(member.telegram_id),
                    key=f"access-settled:{member.id}",
                )
            )
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return member
