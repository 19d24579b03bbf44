"""Administrators are told of documents that somebody should look at: rows of the outbox, written in the transaction
that notes that they were."""

from datetime import date

from services.assistant.hints import hint
from services.assistant.ports import Clock
from services.assistant.reminder_recipients import is_closed
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.digest import DigestPlan, latest
from services.domain.member import MemberStatus, Role
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction

TOLD = "stale_documents_told"


class TellStaleDocuments:
    """`plan`: in its zone the days of documents end, too."""

    def __init__(self, store: Store, jobs: JobQueue, clock: Clock, plan: DigestPlan) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock
        self._plan = plan

    async def __call__(self) -> int:
        """How many messages were written. Run twice at once it writes each once: the key of a message names its day.
        Where nothing is stale nobody hears of it until the next time."""
        now = self._clock.now().astimezone(self._plan.zone)
        days = latest(self._plan.cadence, self._plan, now)
        if days is None:
            return 0
        async with self._store.reading() as tx:
            if await _is_told(tx, days.until):
                return 0
        async with self._store.transaction() as tx:
            if await _is_told(tx, days.until):
                return 0
            readers = await _readers(tx)
            if not readers:  # whoever becomes an administrator hears of it
                return 0
            await tx.notes.put(TOLD, {"day": days.until.isoformat()})
            written = 0
            if await tx.catalogue.count_stale(now):
                letters = [_letter(chat_id, days.until) for chat_id in readers]
                written = await tx.deliveries.add_many(letters)
        if written:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return written


def _letter(chat_id: int, day: date) -> NewDelivery:
    return NewDelivery(DeliveryKind.STALE_DOCUMENTS, ChatAddress(chat_id), f"stale_documents:{day}:{chat_id}")


async def _readers(tx: Transaction) -> list[int]:
    admins = await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN)
    return [admin.telegram_id for admin in admins if not await is_closed(tx, admin.telegram_id)]


async def _is_told(tx: Transaction, day: date) -> bool:
    told = await tx.notes.get(TOLD)
    return told is not None and told.get("day", "") >= day.isoformat()
