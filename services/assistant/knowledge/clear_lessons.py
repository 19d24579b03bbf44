"""What cancelled, failed and repeated learnings leave behind goes: originals that no document is made of, and documents
of an archive that was cancelled half-way."""

from datetime import timedelta

from services.assistant.knowledge.originals import folder_of
from services.assistant.ports import Clock
from services.domain.learning import Learning, LearningState
from services.files.ports import FileStore
from services.retrieval.ingestion import Ingestion
from services.store.ports import Store

LEAVE_ALONE = timedelta(seconds=90)
"""Whoever was at it when it was cancelled has noticed by then."""
KEEP_OFFERS = timedelta(days=7)


class ClearLessons:
    def __init__(self, store: Store, clock: Clock, files: FileStore, ingestion: Ingestion) -> None:
        self._store = store
        self._clock = clock
        self._files = files
        self._ingestion = ingestion

    async def __call__(self) -> None:
        """Raises FilesUnavailable, StoreUnavailable."""
        now = self._clock.now()
        async with self._store.transaction() as tx:
            await tx.lessons.drop_offers(now - KEEP_OFFERS)
            over = await tx.lessons.not_wanted(now - LEAVE_ALONE)
        for learning in over:
            await self._clear(learning)

    async def _clear(self, learning: Learning) -> None:
        key = learning.file_key or ""
        async with self._store.reading() as tx:
            lesson = await tx.lessons.get(learning.lesson_id)
            made = await tx.lessons.documents_of(key)
        if lesson is not None and learning.state is LearningState.CANCELLED:
            for document_id, version in made:
                if version == 1:  # a later one took the place of what was there, which cannot be brought back
                    await self._ingestion.forget(lesson.project_id, document_id)
            async with self._store.reading() as tx:
                made = await tx.lessons.documents_of(key)
        if not made:
            await self._files.delete(f"{folder_of(learning.id)}/")
        async with self._store.transaction() as tx:
            await tx.lessons.forget_file(learning.id)
