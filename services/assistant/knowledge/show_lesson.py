"""The screen of a lesson is brought to what its rows say."""

from services.assistant.knowledge.lesson_ports import LessonScreen
from services.domain.chat import ChatAddress
from services.domain.learning import Lesson
from services.store.ports import Store


class ShowLesson:
    """By one process at a time: the first drawing makes the message that all others edit."""

    def __init__(self, store: Store, screen: LessonScreen) -> None:
        self._store = store
        self._screen = screen

    async def __call__(self, lesson_id: int) -> None:
        """Once: what changes meanwhile is drawn the next time. Raises NotShown, PreviewDropped, StoreUnavailable."""
        async with self._store.reading() as tx:
            lesson = await tx.lessons.get(lesson_id)
        if lesson is None:
            return
        await self._note(lesson, await self._screen.show(lesson))

    async def _note(self, drawn: Lesson, at: ChatAddress | None) -> None:
        async with self._store.transaction() as tx:
            if at is not None and at.message_id is not None and at != drawn.screen:
                await tx.lessons.place(drawn.id, at.message_id, instead_of=drawn.screen_message_id)
            await tx.lessons.shown(drawn.id, drawn.version)
