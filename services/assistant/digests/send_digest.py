"""What was spent, told once a period: rows of the outbox, written in the transaction that notes that they were."""

from services.assistant.digests.chosen import chosen_digest
from services.assistant.hints import hint
from services.assistant.ports import Clock
from services.assistant.reminder_recipients import is_closed
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.digest import DigestDays, DigestPlan
from services.domain.member import MemberStatus, Role
from services.domain.spending import SpendingFilter
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction

TOLD = "spend_digest_told"


class SendDigest:
    def __init__(self, store: Store, jobs: JobQueue, clock: Clock, plan: DigestPlan) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock
        self._plan = plan

    async def __call__(self) -> int:
        """How many messages were written. Run twice at once it writes each once: the key of a message names its days.

        A digest that nobody could send at its hour is sent later, until the next one is due. Of days without a call
        there is none."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            days = (await chosen_digest(tx, self._plan)).due(self._plan, now)
            if days is None or await _is_told(tx, days):
                return 0
        async with self._store.transaction() as tx:
            written = await self._write(tx, days)
        if written:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return written

    async def _write(self, tx: Transaction, days: DigestDays) -> int:
        if await _is_told(tx, days):
            return 0
        readers = await self._readers(tx)
        if not readers:  # whoever becomes an administrator hears of it
            return 0
        await tx.notes.put(TOLD, {**(await tx.notes.get(TOLD) or {}), days.cadence.value: days.until.isoformat()})
        if not (await tx.spending.totals(SpendingFilter(days.since, days.until))).calls:
            return 0
        payload = {"cadence": days.cadence.value, "since": days.since.isoformat(), "until": days.until.isoformat()}
        return await tx.deliveries.add_many(
            [
                NewDelivery(
                    DeliveryKind.SPEND_DIGEST,
                    ChatAddress(chat_id),
                    f"spend_digest:{days.cadence}:{days.until}:{chat_id}",
                    payload,
                )
                for chat_id in readers
            ]
        )

    async def _readers(self, tx: Transaction) -> list[int]:
        if self._plan.chat_id is not None:
            return [self._plan.chat_id]
        admins = await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN)
        return [admin.telegram_id for admin in admins if not await is_closed(tx, admin.telegram_id)]


async def _is_told(tx: Transaction, days: DigestDays) -> bool:
    told = await tx.notes.get(TOLD)
    return told is not None and told.get(days.cadence.value, "") >= days.until.isoformat()
