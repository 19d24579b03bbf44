"""The message that shows a batch from now on."""

from services.assistant.batches.news import draw_again
from services.assistant.hints import hint
from services.domain.batch import Batch
from services.domain.chat import ChatAddress
from services.queue.ports import JobName, JobQueue
from services.store.ports import Store


class PlaceBatch:
    def __init__(self, store: Store, jobs: JobQueue) -> None:
        self._store = store
        self._jobs = jobs

    async def __call__(self, shown: Batch, screen: ChatAddress) -> None:
        """`shown`: as it stands on the screen. What has changed meanwhile is drawn."""
        async with self._store.transaction() as tx:
            batch = await tx.batches.place(shown.id, screen)
            is_behind = batch is not None and batch.version != shown.version
            if batch is not None and is_behind:
                await draw_again(tx, batch)
        if is_behind:
            await hint(self._jobs, JobName.DRAIN_DELIVERIES)
