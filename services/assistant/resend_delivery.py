"""An admin has a message sent again that did not arrive."""

from dataclasses import dataclass

from services.assistant.hints import hint
from services.domain.delivery import AllLetters, DeliveryState, Letters
from services.domain.errors import NotAllowed, StaleAction
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


@dataclass(frozen=True, slots=True)
class Resent:
    count: int
    may_double: bool = False
    """It may have arrived the first time."""


class ResendDelivery:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(self, admin: Member, letters: Letters) -> Resent:
        """All at once are only those that surely did not arrive; one by one, each. Raises NotAllowed, StaleAction when
        somebody was quicker."""
        if not admin.may_administer:
            raise NotAllowed
        async with self._store.transaction() as tx:
            if isinstance(letters, AllLetters):
                resent = Resent(await tx.dead_letters.resend_dead(letters.settled_until))
            else:
                letter = await tx.dead_letters.get(letters.delivery_id, letters.attempt)
                if letter is None or not await tx.dead_letters.resend(letters.delivery_id, letters.attempt):
                    raise StaleAction("no such dead letter", state="settled")
                resent = Resent(1, may_double=letter.delivery.state is DeliveryState.UNCERTAIN)
            await tx.audit.add("deliveries_resent", admin.id, count=resent.count)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return resent
