"""The kill switch reaches batches, too: those of a halted project are cancelled at the provider."""

from services.assistant.batches.news import draw_again
from services.domain.batch import PAID, Batch, CancelReason
from services.store.job_fence import check_fence
from services.store.ports import Store
from services.store.ports_money import EVERYTHING


class HeedHalts:
    def __init__(self, store: Store) -> None:
        self._store = store

    async def __call__(self) -> list[Batch]:
        """Batches at work, as they stand after it. Raises StoreUnavailable, JobOvertaken."""
        async with self._store.reading() as tx:
            batches = list(await tx.batches.at_work())
            halted = await tx.halts.halted() if batches else frozenset()
        return [await self._cancel(batch) if _is_meant(batch, halted) else batch for batch in batches]

    async def _cancel(self, batch: Batch) -> Batch:
        async with self._store.transaction() as tx:
            await check_fence(tx)
            changed = await tx.batches.change(batch.id, cancel_reason=CancelReason.HALTED)
            if changed is not None:
                await draw_again(tx, changed)
        return changed or batch


def _is_meant(batch: Batch, halted: frozenset[int]) -> bool:
    is_halted = EVERYTHING in halted or batch.project_id in halted
    return is_halted and batch.state in PAID and batch.cancel_reason is None
