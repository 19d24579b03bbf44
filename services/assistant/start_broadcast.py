"""An announcement goes out: every message of it becomes a row of the outbox, in the transaction that starts it."""

from services.assistant.broadcast_drafts import moved_on, own_broadcast
from services.assistant.hints import hint
from services.assistant.ports import Clock
from services.domain.broadcast import Broadcast
from services.domain.chat import ChatAddress
from services.domain.delivery import DeliveryKind, NewDelivery
from services.domain.errors import NobodyToReach
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


class StartBroadcast:
    def __init__(self, store: Store, jobs: JobQueue, clock: Clock) -> None:
        self._store = store
        self._jobs = jobs
        self._clock = clock

    async def __call__(self, member: Member, broadcast_id: int, shown_in: ChatAddress) -> Broadcast:
        """`shown_in`: the message that becomes the progress. Of many presses one starts it.

        Raises NotAllowed, StaleAction when it was started or dropped before, NobodyToReach.
        """
        async with self._store.transaction() as tx:
            draft = await own_broadcast(tx, member, broadcast_id)
            addresses = await tx.broadcasts.addressees(draft.audience, member.id)
            started = await tx.broadcasts.start(broadcast_id, shown_in, len(addresses), self._clock.now())
            if started is None:
                raise await moved_on(tx, broadcast_id)
            if not addresses:
                raise NobodyToReach
            await tx.deliveries.add_many([_copy(started, address) for address in addresses])
            facts = {"broadcast": started.id, "audience": started.audience.value, "total": started.total}
            await tx.audit.add("broadcast_started", member.id, **facts)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return started


def _copy(broadcast: Broadcast, address: ChatAddress) -> NewDelivery:
    source = broadcast.source
    return NewDelivery(
        kind=DeliveryKind.BROADCAST,
        address=address,
        key=f"broadcast:{broadcast.id}:{address.chat_id}",
        payload={"from_chat_id": source.chat_id, "message_id": source.message_id},
        broadcast_id=broadcast.id,
    )
