"""The end of a batch: what nobody answered gives its money back, and people get what there is."""

from services.assistant.batches.news import draw_again, send_end
from services.assistant.hints import hint
from services.domain.batch import Batch, BatchState, LineState
from services.queue.ports import JobName, JobQueue
from services.store.batch_money import release_rest
from services.store.job_fence import check_fence
from services.store.ports import Store


class EndBatch:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(self, batch: Batch, to: BatchState, rest: LineState, error_code: str | None = None) -> None:
        """`rest`: what becomes of lines that still wait. Once, however often it is asked for. Raises
        StoreUnavailable, JobOvertaken."""
        async with self._store.transaction() as tx:
            await check_fence(tx)
            ended = await tx.batches.advance(batch.id, to, error_code=error_code)
            if ended is None:
                return
            await release_rest(tx, ended, rest)
            await tx.batches.forget_prompts(batch.id)
            await draw_again(tx, ended)
            if ended.budget_day is not None:
                counts = await tx.batches.counts(batch.id)
                await send_end(tx, ended, has_answers=counts.answered > 0)
        await hint(self._jobs, JobName.DRAIN_DELIVERIES)
