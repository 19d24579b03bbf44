"""A person says whether an answer was of use; of one that was not, administrators can make a golden question."""

from services.assistant.attempts import open_desk
from services.assistant.hints import hint
from services.domain.answer_mark import AnswerMark
from services.domain.brief import Task
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import NotAllowed, StaleAction
from services.domain.generation import ACTIVE_STATES
from services.domain.member import Member, MemberStatus, Role
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction


class MarkAnswer:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(self, member: Member, generation_id: int, mark: AnswerMark, message: ChatAddress) -> bool:
        """False: they had said so before. Administrators hear of the first bad mark of an answer, unless the person is
        one. Raises NotAllowed, StaleAction."""
        if not member.is_active:
            raise NotAllowed
        async with self._store.transaction() as tx:
            desk = await open_desk(tx, member, generation_id, message)
            if desk.brief.task is not Task.ASK or desk.pressed.state in ACTIVE_STATES:
                raise StaleAction("no answer to be marked", state=desk.pressed.state.value)
            is_new = await tx.answer_marks.put(generation_id, member.id, mark)
            tells = is_new and mark is AnswerMark.BAD and not member.may_administer
            if tells:
                await _tell_administrators(tx, generation_id, member.name)
        if tells:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return is_new


async def _tell_administrators(tx: Transaction, generation_id: int, name: str) -> None:
    for admin in await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN):
        await tx.deliveries.add(
            NewDelivery(
                kind=DeliveryKind.ANSWER_MARKED,
                address=ChatAddress(admin.telegram_id),
                key=f"marked:{generation_id}:{admin.id}",
                payload={"generation_id": generation_id, "name": name},
            )
        )
