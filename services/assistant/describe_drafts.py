"""What notices about drafts say, read when they leave: a draft that was decided meanwhile is not mentioned."""

from collections.abc import Sequence

from services.assistant.list_queue import QueueItem, queue_item
from services.assistant.ports import Clock
from services.domain.generation import GenerationState
from services.store.ports import Store


class DescribeDrafts:
    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def waiting(self, generation_ids: Sequence[int]) -> tuple[QueueItem, ...]:
        """Those that still wait for a decision, the longest first."""
        async with self._store.reading() as tx:
            drafts = await tx.waiting.page(ids=generation_ids, limit=len(generation_ids))
        return tuple(queue_item(draft, self._clock.now()) for draft in sorted(drafts, key=lambda draft: draft.since))

    async def expired(self, generation_ids: Sequence[int]) -> tuple[QueueItem, ...]:
        """Those about which nobody has decided after all."""
        now = self._clock.now()
        items = []
        async with self._store.reading() as tx:
            for generation_id in generation_ids:
                generation = await tx.generations.get(generation_id)
                if generation is None or generation.state is not GenerationState.EXPIRED:
                    continue
                brief = await tx.briefs.get(generation.brief_id)
                asker = await tx.members.get(generation.requested_by)
                if brief is not None and asker is not None:
                    waited = now - (generation.finished_at or generation.created_at or now)
                    items.append(QueueItem(generation.id, brief.text, asker.name, waited))
        return tuple(items)
