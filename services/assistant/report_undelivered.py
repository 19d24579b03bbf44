"""Admins hear of messages that did not arrive: one message a burst, whoever of the workers notices first."""

from datetime import datetime, timedelta

from services.assistant.ports import Clock
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.member import Member, MemberStatus, Role
from services.store.ports import Store
from services.store.ports_operation import UnreportedLetters

QUIET = timedelta(seconds=10)
"""A burst is over when nothing has failed for so long."""
PATIENCE = timedelta(seconds=60)
"""A burst that does not end is reported all the same."""
BUCKET = timedelta(minutes=5)
"""At most one message to an admin in each."""


class ReportUndelivered:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self) -> int:
        """How many alerts were put into the outbox. An alert is rendered when it is sent, so it shows what is there by
        then. Raises StoreUnavailable."""
        now = self._clock.now()
        async with self._store.reading() as tx:  # almost always there is nothing to say
            if not _is_over(await tx.dead_letters.unreported(), now):
                return 0
        async with self._store.transaction() as tx:
            letters = await tx.dead_letters.unreported()
            if letters.newest is None:
                return 0
            bucket = int(now.timestamp() // BUCKET.total_seconds())
            admins = await tx.members.list(status=MemberStatus.ACTIVE, role=Role.ADMIN)
            told = await tx.deliveries.add_many([_alert(admin, bucket) for admin in admins])
            if told:  # else the next bucket tells of them
                await tx.dead_letters.mark_reported(letters.newest, now)
        return told


def _alert(admin: Member, bucket: int) -> NewDelivery:
    key = f"undelivered:{admin.id}:{bucket}"
    return NewDelivery(DeliveryKind.DEAD_LETTERS, ChatAddress(admin.telegram_id), key)


def _is_over(letters: UnreportedLetters, now: datetime) -> bool:
    if letters.oldest is None or letters.newest is None:
        return False
    return now - letters.newest >= QUIET or now - letters.oldest >= PATIENCE
