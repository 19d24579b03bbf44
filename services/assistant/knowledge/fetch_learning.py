"""RECEIVED → FETCHED: the original leaves Telegram, or the web, and lies in our storage."""

from pathlib import Path

from services.assistant.knowledge.lesson_ports import OriginalSource
from services.assistant.knowledge.originals import folder_of, key_of
from services.assistant.listening.sound import workbench
from services.domain.failpoint import FailPoint, reached
from services.domain.learning import Learning, LearningState
from services.files.ports import FileStore
from services.store.job_fence import check_fence
from services.store.ports import Store


class FetchLearning:
    def __init__(self, store: Store, source: OriginalSource, files: FileStore, *, bench: Path) -> None:
        """`bench`: folder for files under work."""
        self._store = store
        self._source = source
        self._files = files
        self._bench = bench

    async def __call__(self, learning: Learning) -> None:
        """Raises DocumentRefused, LinkRefused, FilesUnavailable, TelegramFilesUnavailable, StoreUnavailable,
        JobOvertaken."""
        size = learning.size_bytes
        there = await self._files.keys(f"{folder_of(learning.id)}/")
        if there:  # a run before this one died between the file and the row
            key = there[0]
        else:
            async with workbench(self._bench, learning.id) as folder:
                fetched = await self._source.fetch(learning, folder / "original")
                key, size = key_of(learning.id, fetched.name), fetched.size_bytes
                await self._files.put(key, folder / "original")
        reached(FailPoint.LEARNING_FETCHED)
        async with self._store.transaction() as tx:
            await check_fence(tx)
            await tx.lessons.advance(
                learning.id, LearningState.RECEIVED, LearningState.FETCHED, file_key=key, size_bytes=size
            )
