"""Screens of lessons follow their rows, whatever Telegram says meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from bot.job_lease import JobLease
from bot.lesson_drawing import SHOW_SECONDS, LessonDrawing
from services.assistant.knowledge.show_lesson import ShowLesson
from services.assistant.ports import NotShown
from services.delivery.ports import PreviewDropped
from services.domain.chat import ChatAddress
from services.domain.learning import LearningState, Lesson
from services.store.sql_store import SqlStore
from tests.contract.lesson_rows import a_lesson
from tests.unit.bot.waiting import until

S = LearningState


@dataclass
class Screen:
    """Every drawing that Telegram took; `troubles` are raised first."""

    troubles: list[Exception] = field(default_factory=list)
    drawn: asyncio.Queue[Lesson] = field(default_factory=asyncio.Queue)

    async def show(self, lesson: Lesson) -> ChatAddress | None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.drawn.put_nowait(lesson)
        return lesson.screen or lesson.address.at(900)

    async def next(self) -> Lesson:
        async with asyncio.timeout(10):
            return await self.drawn.get()


@dataclass
class Monotonic:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Gallery:
    store: SqlStore
    screen: Screen = field(default_factory=Screen)
    monotonic: Monotonic = field(default_factory=Monotonic)

    @asynccontextmanager
    async def drawing(self) -> AsyncIterator[LessonDrawing]:
        drawing = LessonDrawing(ShowLesson(self.store, self.screen), self.store, JobLease(self.store), self.monotonic)
        async with asyncio.TaskGroup() as group:
            keeping = group.create_task(drawing.keep_drawing())
            yield drawing
            keeping.cancel()

    async def moves(self, lesson: Lesson, state: LearningState, to: LearningState) -> None:
        async with self.store.transaction() as tx:
            await tx.lessons.advance(lesson.learnings[0].id, state, to)

    async def is_drawn(self, lesson: Lesson) -> None:
        async with asyncio.timeout(10):
            while (await self.shown(lesson))[:2] != (3, 3):  # noqa: ASYNC110 - a row tells nobody of its change
                await asyncio.sleep(0.01)

    async def shown(self, lesson: Lesson) -> tuple[int, int, int | None]:
        async with self.store.reading() as tx:
            found = await tx.lessons.get(lesson.id)
        assert found is not None
        return found.version, found.shown_version, found.screen_message_id


@pytest.fixture
def gallery(sqlite_store: SqlStore) -> Gallery:
    return Gallery(sqlite_store)


async def test_a_screen_is_made_once_and_follows(gallery: Gallery) -> None:
    lesson = await a_lesson(gallery.store)
    async with gallery.drawing() as drawing:
        first = await gallery.screen.next()
        await gallery.moves(lesson, S.RECEIVED, S.FETCHED)
        gallery.monotonic.now = SHOW_SECONDS
        drawing.nudge()
        second = await gallery.screen.next()
        await gallery.is_drawn(lesson)
    assert (first.screen_message_id, second.screen_message_id) == (None, 900)
    assert second.learnings[0].state is S.FETCHED
    assert await gallery.shown(lesson) == (3, 3, 900)


async def test_a_moving_bar_keeps_to_telegrams_pace(gallery: Gallery) -> None:
    lesson = await a_lesson(gallery.store)
    async with gallery.drawing() as drawing:
        await gallery.screen.next()
        await gallery.moves(lesson, S.RECEIVED, S.FETCHED)
        await gallery.moves(lesson, S.FETCHED, S.READ)
        for _ in range(3):
            drawing.nudge()
            await asyncio.sleep(0)
        assert gallery.screen.drawn.empty()
        gallery.monotonic.now = SHOW_SECONDS
        drawing.nudge()
        assert (await gallery.screen.next()).learnings[0].state is S.READ


@pytest.mark.parametrize("trouble", [NotShown("away"), PreviewDropped(0.5), ZeroDivisionError()])
async def test_what_telegram_did_not_take_is_drawn_later(gallery: Gallery, trouble: Exception) -> None:
    gallery.screen.troubles = [trouble]
    bad = await a_lesson(gallery.store)
    async with gallery.drawing() as drawing:
        await until(lambda: not gallery.screen.troubles, "the first drawing")
        other = await a_lesson(gallery.store)
        drawing.nudge()
        assert (await gallery.screen.next()).id == other.id
        gallery.monotonic.now = 1_000
        drawing.nudge()
        assert (await gallery.screen.next()).id == bad.id
