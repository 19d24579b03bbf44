"""Learnings are taken up by whoever sweeps first, a few at a time, and each by one process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from bot.job_lease import JobLease
from bot.learning_runner import LearningRunner
from services.assistant.knowledge.advance_learning import AdvanceLearning
from services.domain.errors import FilesUnavailable, StoreUnavailable
from services.domain.learning import Learning, LearningState
from services.domain.lease import LeaseLost
from services.store.job_fence import JobOvertaken
from services.store.sql_store import SqlStore
from tests.contract.lesson_rows import a_file, a_lesson
from tests.fakes.clock import ManualClock
from tests.unit.bot.waiting import until

S = LearningState


class Work:
    """A step that a test lets go on."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.begun: list[int] = []
        self.most = self._now = 0
        self.go_on = asyncio.Event()
        self.ended = asyncio.Event()
        self.cleared = 0
        self.troubles: list[Exception] = []

    async def __call__(self, learning: Learning) -> None:
        self.begun.append(learning.id)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            if self.troubles:
                raise self.troubles.pop(0)
            await self.go_on.wait()
            async with self._store.transaction() as tx:
                await tx.lessons.advance(learning.id, S.RECEIVED, S.DONE)
        finally:
            self._now -= 1
            self.ended.set()

    async def clear(self) -> None:
        self.cleared += 1
        raise FilesUnavailable("away") if self.cleared == 1 else ZeroDivisionError


@asynccontextmanager
async def running(
    store: SqlStore, work: Work, processes: int = 1, limit: int = 2
) -> AsyncIterator[list[LearningRunner]]:
    clock, runners = ManualClock(), []
    async with asyncio.TaskGroup() as group:
        tasks = []
        for _ in range(processes):
            advance = AdvanceLearning(store, clock, {S.RECEIVED: work}, on_change=lambda _: None)
            runner = LearningRunner(
                advance,
                JobLease(store),
                store=store,
                clock=clock,
                states={S.RECEIVED},
                limit=limit,
                now_and_then=(work.clear,),
            )
            runners.append(runner)
            tasks.append(group.create_task(runner.keep_going()))
        yield runners
        for task in tasks:
            task.cancel()


async def until_all_done(store: SqlStore, lesson_id: int) -> None:
    async with asyncio.timeout(20):
        while True:
            async with store.reading() as tx:
                lesson = await tx.lessons.get(lesson_id)
            if lesson is not None and all(each.state is S.DONE for each in lesson.learnings):
                return
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("processes", [1, 2])
async def test_each_is_taken_once_and_only_a_few_at_a_time(sqlite_store: SqlStore, processes: int) -> None:
    work = Work(sqlite_store)
    lesson = await a_lesson(sqlite_store, *(a_file(number) for number in range(5)))
    async with running(sqlite_store, work, processes):
        await until(lambda: len(work.begun) == 2 * processes, "all that may be under way")
        work.go_on.set()
        await until_all_done(sqlite_store, lesson.id)
    assert sorted(work.begun) == [each.id for each in lesson.learnings]
    assert work.most == 2 * processes
    assert work.cleared == processes, "trouble with clearing up stops nothing"


@pytest.mark.parametrize("trouble", [StoreUnavailable("away"), JobOvertaken("other"), LeaseLost()])
async def test_trouble_that_is_not_the_files_holds_it_up_only_for_a_while(
    sqlite_store: SqlStore, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    monkeypatch.setattr("bot.learning_runner.PAUSE_SECONDS", 0.0)
    work = Work(sqlite_store)
    work.troubles = [trouble]
    work.go_on.set()
    lesson = await a_lesson(sqlite_store)
    async with running(sqlite_store, work):
        await until_all_done(sqlite_store, lesson.id)
    assert len(work.begun) == 2
