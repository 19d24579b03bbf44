"""A draft made in private goes to the people who may approve it."""

from services.assistant.attempts import open_desk, refuse_settled
from services.assistant.hints import hint
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import NotAllowed, NothingToDo, StaleAction
from services.domain.generation import REVIEWABLE
from services.domain.member import Member, MemberStatus
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


class SubmitForReview:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(self, member: Member, generation_id: int, version: int, message: ChatAddress) -> int:
        """How many approvers get a card. A second press on the same version sends no second card.

        Raises NotAllowed, StaleAction, NothingToDo when nobody but the author could approve.
        """
        if not member.is_active:
            raise NotAllowed
        async with self._store.transaction() as tx:
            desk = await open_desk(tx, member, generation_id, message)
            await refuse_settled(tx, desk)
            if desk.pressed.version != version or desk.pressed.state not in REVIEWABLE:
                raise StaleAction("older version", state=desk.pressed.state.value)
            active = await tx.members.list(status=MemberStatus.ACTIVE)
            approvers = [one for one in active if one.may_approve and one.id != member.id]
            if not approvers:
                raise NothingToDo("no approvers")
            for approver in approvers:
                await tx.deliveries.add(
                    NewDelivery(
                        kind=DeliveryKind.REVIEW_CARD,
                        address=ChatAddress(approver.telegram_id),
                        key=f"review:{generation_id}:{version}:{approver.id}",
                        payload={"generation_id": generation_id, "from": member.name},
                    )
                )
                await tx.review_requests.add(generation_id, approver.id, member.id)
            await tx.audit.add("submitted", member.id, generation=generation_id, approvers=len(approvers))
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return len(approvers)
