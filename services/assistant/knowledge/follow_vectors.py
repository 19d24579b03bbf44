"""READ → DONE: passages get their vectors, batch by batch; who makes them knows nothing of lessons."""

from datetime import datetime, timedelta

from services.assistant.ports import Clock
from services.domain.learning import Learning, LearningState
from services.store.ports import Store

PATIENCE = timedelta(minutes=3)
"""Without a single vector: the model is away. Documents are found by their words, and later by their meaning."""


class FollowVectors:
    """By any number of processes at once: each step is one guarded statement."""

    def __init__(self, store: Store, clock: Clock, model: str | None) -> None:
        """`model`: None where search is by words alone."""
        self._store = store
        self._clock = clock
        self._model = model
        self._moved: dict[int, tuple[int, datetime]] = {}

    async def __call__(self) -> None:
        """Raises StoreUnavailable."""
        now = self._clock.now()
        async with self._store.reading() as tx:
            waiting = await tx.lessons.to_do({LearningState.READ}, now)
            counts = [await tx.lessons.embedded(each.document_ids, self._model or "") for each in waiting]
        self._moved = {each.id: self._moved[each.id] for each in waiting if each.id in self._moved}
        for learning, (done, total) in zip(waiting, counts, strict=True):
            await self._follow(learning, total if self._model is None else done, total, now)

    async def _follow(self, learning: Learning, done: int, total: int, now: datetime) -> None:
        before, since = self._moved.get(learning.id, (-1, now))
        if done != before:
            self._moved[learning.id] = done, now
        is_over = done >= total or (done == before and now - since > PATIENCE)
        if not is_over and (done, total) == (learning.done, learning.total):
            return
        to = LearningState.DONE if is_over else LearningState.READ
        async with self._store.transaction() as tx:
            await tx.lessons.advance(learning.id, LearningState.READ, to, done=done, total=total)
