"""A stranger asks to join: every admin gets a card with Approve."""

from services.assistant.hints import hint
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.language import Language
from services.domain.member import Member, MemberStatus, Role
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


class RequestAccess:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(
        self, telegram_id: int, name: str, username: str | None, client_language: Language | None = None
    ) -> Member:
        """The person's row. Asking again while the request waits changes nothing and sends no second card."""
        async with self._store.transaction() as tx:
            member = await tx.members.add(telegram_id, name, username, role=Role.MEMBER, status=MemberStatus.REQUESTED)
            if member.status is not MemberStatus.REQUESTED:
                return member
            member = await tx.members.seen(member.id, name, username, client_language)
            for admin in await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN):
                await tx.deliveries.add(
                    NewDelivery(
                        kind=DeliveryKind.ACCESS_REQUEST,
                        address=ChatAddress(admin.telegram_id),
                        key=f"access:{member.id}:{admin.id}",
                        payload={"member_id": member.id, "name": name, "username": username or ""},
                    )
                )
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return member
