"""A person changes their mind: at once before it is confirmed, later by way of the provider."""

from services.assistant.batches.news import draw_again
from services.assistant.batches.own_batch import outdated, own_batch
from services.assistant.hints import hint
from services.domain.batch import PAID, Batch, BatchState, CancelReason, LineState
from services.domain.chat import ChatAddress
from services.domain.member import Member
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store, Transaction


class CancelBatch:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(self, member: Member, batch_id: int, pressed_in: ChatAddress) -> Batch:
        """What the provider has done by then is paid for and comes all the same. Raises NotAllowed, StaleAction."""
        async with self._store.transaction() as tx:
            batch = await own_batch(tx, member, batch_id, pressed_in)
            changed = await self._cancel(tx, batch)
            if changed is None:
                raise outdated(batch)
            await draw_again(tx, changed)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
        return changed

    async def _cancel(self, tx: Transaction, batch: Batch) -> Batch | None:
        if batch.state in PAID:
            # The worker asks the provider, which may have it already, and gives back what is not spent.
            return (
                batch if batch.cancel_reason else await tx.batches.change(batch.id, cancel_reason=CancelReason.PERSON)
            )
        cancelled = await tx.batches.advance(batch.id, BatchState.CANCELLED, cancel_reason=CancelReason.PERSON)
        if cancelled is not None:
            await tx.batches.end_rest(batch.id, LineState.CANCELLED)
            await tx.batches.forget_prompts(batch.id)
        return cancelled
