"""Lessons in the heavy worker: originals are read and cut, their vectors counted. Nothing here speaks to Telegram."""

import asyncio
from typing import TYPE_CHECKING

from bot.container import Container
from bot.job_lease import JobLease
from bot.learning_runner import LearningRunner
from bot.listening import LEASE, RENEW_SECONDS
from services.assistant.knowledge.advance_learning import AdvanceLearning
from services.assistant.knowledge.clear_lessons import ClearLessons
from services.assistant.knowledge.follow_vectors import FollowVectors
from services.assistant.knowledge.read_learning import Readers, ReadLearning
from services.domain.learning import LearningState
from services.fetching.child_pages import ChildPages

if TYPE_CHECKING:
    from bot.job_tools import OpenTools

AT_ONCE = 2
"""A file takes one core and half a gigabyte while it is read."""


def build_lesson_reading(container: Container) -> LearningRunner:
    """Pure."""
    adapters, ingestion = container.adapters, container.services.ingestion
    store, clock, files = adapters.store, adapters.clock, adapters.files
    readers = Readers(adapters.documents, ChildPages())
    bench = container.settings.learning_dir
    steps = {LearningState.FETCHED: ReadLearning(store, files, readers, ingestion, adapters.jobs, bench=bench)}
    has_vectors = adapters.vectors is not None and adapters.embedder is not None
    model = adapters.embedder.model if has_vectors and adapters.embedder else None
    return LearningRunner(
        AdvanceLearning(store, clock, steps, on_change=_others_draw),
        JobLease(store, lease=LEASE, renew_seconds=RENEW_SECONDS),
        store=store,
        clock=clock,
        states=steps.keys(),
        limit=AT_ONCE,
        every_look=(FollowVectors(store, clock, model),),
        now_and_then=(ClearLessons(store, clock, files, ingestion),),
    )


async def sweep_lessons(tools: "OpenTools", stop: asyncio.Event) -> None:
    """Beside the jobs of the heavy worker, until `stop`."""
    async with asyncio.TaskGroup() as group:
        sweeping = group.create_task(build_lesson_reading(tools.container).keep_going())
        await stop.wait()
        sweeping.cancel()


def _others_draw(lesson_id: int) -> None:
    """A process with a bot sees it in the row."""
