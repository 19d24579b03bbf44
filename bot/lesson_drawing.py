"""What people see of lessons follows the rows, whoever changed them. One process draws at a time."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from loguru import logger

from bot.job_lease import JobLease
from services.assistant.knowledge.show_lesson import ShowLesson
from services.assistant.ports import NotShown
from services.delivery.ports import PreviewDropped
from services.domain.errors import MuzaError
from services.domain.learning import Lesson
from services.store.job_fence import JobOvertaken
from services.store.ports import Store

LEASE_NAME = "lesson-screens"
LEASE = timedelta(seconds=10)
RENEW_SECONDS = 3.0
LOOK_SECONDS = 1.0
SHOW_SECONDS = 1.7
"""Between two drawings of how far a lesson is: Telegram lets a message change about once a second."""
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 300.0


class LessonDrawing:
    def __init__(
        self, show: ShowLesson, store: Store, lease: JobLease, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._show = show
        self._store = store
        self._lease = lease
        self._monotonic = monotonic
        self._nudge = asyncio.Event()
        self._under_way: set[int] = set()
        self._not_before: dict[int, float] = {}
        self._pauses: dict[int, float] = {}
        """How long the last pause was: Telegram did not take the drawing."""

    def nudge(self) -> None:
        self._nudge.set()

    async def keep_drawing(self) -> None:
        """Until cancelled, whenever no other process does it."""
        while True:
            try:
                await self._lease.run(LEASE_NAME, self._draw_all)
            except JobOvertaken:
                logger.info("another process draws lessons now")
            except MuzaError as error:
                logger.warning("lessons are not drawn: {}", error.code)
            await asyncio.sleep(LOOK_SECONDS)

    async def _draw_all(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                self._nudge.clear()
                try:
                    await self._look(group)
                except MuzaError as error:
                    logger.warning("lessons wait to be drawn: {}", error.code)
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._nudge.wait()

    async def _look(self, group: asyncio.TaskGroup) -> None:
        under_way = frozenset(self._under_way)  # before the rows: what ends meanwhile is behind in old rows only
        async with self._store.reading() as tx:
            behind = {lesson.id: lesson for lesson in await tx.lessons.behind()}
        now = self._monotonic()
        self._not_before = {each: at for each, at in self._not_before.items() if at > now or each in behind}
        for lesson_id in behind.keys() - under_way:
            if now >= self._not_before.get(lesson_id, now):
                self._under_way.add(lesson_id)
                group.create_task(self._one(behind[lesson_id]), name=f"lesson-screen-{lesson_id}")

    async def _one(self, lesson: Lesson) -> None:
        pause = self._pauses.pop(lesson.id, FIRST_PAUSE_SECONDS / 2)
        try:
            await self._show(lesson.id)
            self._not_before[lesson.id] = self._monotonic() + (SHOW_SECONDS if lesson.is_at_work else 0)
        except PreviewDropped as dropped:
            self._not_before[lesson.id] = self._monotonic() + max(dropped.retry_after, LOOK_SECONDS)
        except (NotShown, MuzaError) as error:
            logger.warning("lesson {} is drawn later: {}", lesson.id, error)
            self._wait(lesson.id, min(2 * pause, LONGEST_PAUSE_SECONDS))
        except Exception:  # noqa: BLE001 - one that cannot be drawn must not keep the others from it
            logger.exception("lesson {} cannot be drawn", lesson.id)
            self._wait(lesson.id, LONGEST_PAUSE_SECONDS)
        finally:
            self._under_way.discard(lesson.id)

    def _wait(self, lesson_id: int, seconds: float) -> None:
        self._pauses[lesson_id] = seconds
        self._not_before[lesson_id] = self._monotonic() + seconds
