"""Stop: what has not left stays here."""

from datetime import timedelta

from services.assistant.broadcast_drafts import moved_on, own_broadcast
from services.assistant.ports import Clock
from services.assistant.report_broadcasts import SPEED_SECONDS
from services.domain.broadcast import BroadcastReport
from services.domain.member import Member
from services.store.ports import Store


class StopBroadcast:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def __call__(self, member: Member, broadcast_id: int) -> BroadcastReport:
        """What was sent until now; the few that are being sent at this moment may still arrive.

        Raises NotAllowed, StaleAction when it had ended or was stopped before.
        """
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await own_broadcast(tx, member, broadcast_id)
            stopped = await tx.broadcasts.stop(broadcast_id)
            if stopped is None:
                raise await moved_on(tx, broadcast_id)
            cancelled = await tx.deliveries.cancel_new(broadcast_id)
            counts = await tx.broadcasts.counts(broadcast_id, now - timedelta(seconds=SPEED_SECONDS))
            await tx.audit.add(
                "broadcast_stopped", member.id, broadcast=broadcast_id, sent=counts.sent, cancelled=cancelled
            )
        return BroadcastReport(stopped, counts, now, SPEED_SECONDS)
