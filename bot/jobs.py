"""The jobs of RQ: synchronous shells that run a coroutine on the worker's one event loop.

RQ calls them by dotted path with what stood in the payload: ids and short facts, never objects. Each looks at its rows
anew, because RQ can start a job twice.
"""

from collections.abc import Callable, Coroutine, Sequence
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Final, Protocol

from loguru import logger

from bot.periodic_work import PeriodicWork
from services.delivery.service import OutboxDrain
from services.domain.errors import KnowledgeUnavailable
from services.queue.ports import JobName, JobQueue
from services.retrieval.ingestion import FolderOutcome

FUNCTIONS: Final[dict[JobName, str]] = {job: f"bot.jobs.{job.value}" for job in JobName}
DRAIN_SECONDS = 60.0
"""A drain job ends after this even when more is due: the worker's sweeper goes on."""


class JobTools(Protocol):
    """What jobs work with: opened once for the life of the worker."""

    @property
    def drain(self) -> OutboxDrain: ...
    @property
    def queue(self) -> JobQueue: ...
    @property
    def periodic(self) -> PeriodicWork: ...
    async def project_ids(self) -> Sequence[int]: ...
    async def ingest(self, project_id: int, path: Path) -> FolderOutcome:
        """One process at a time in a project: waits for its turn. Raises JobOvertaken."""
        ...

    async def embed(self, project_id: int) -> int:
        """Vectors for what has none, one project at a time; fewer when stopping, 0 while another process is at it.
        Raises KnowledgeUnavailable."""
        ...

    def wake_recording(self, recording_id: int) -> None:
        """There may be something to do for it."""
        ...

    def stop(self) -> None:
        """The worker ends: what is under way is brought to an end within seconds. Called on the event loop."""
        ...


class JobRunner(Protocol):
    """The worker, seen from a job."""

    def run(self, work: Callable[[JobTools], Coroutine[Any, Any, None]]) -> None: ...

    def take_hint(self, job: JobName, **arguments: int | str) -> None:
        """What is enqueued from now on is a new job."""
        ...


CURRENT_RUNNER: ContextVar[JobRunner] = ContextVar("job runner")
"""Set by the worker in the thread that runs jobs; RQ passes payloads only."""


def drain_deliveries() -> None:
    runner = CURRENT_RUNNER.get()
    runner.take_hint(JobName.DRAIN_DELIVERIES)
    runner.run(_drain)


def ingest_path(project_id: int, path: str) -> None:
    """A file or a folder that this machine can read."""

    async def work(tools: JobTools) -> None:
        outcome = await tools.ingest(project_id, Path(path))
        changed = sum(document.changed for document in outcome.documents)
        logger.bind(project=project_id).info(
            "ingested: {} documents, {} changed, {} unreadable",
            len(outcome.documents),
            changed,
            len(outcome.unreadable),
        )
        if outcome.is_complete:
            await tools.queue.enqueue(JobName.EMBED_PASSAGES, project_id=project_id)
        else:  # the worker is being stopped: the next one goes on, and what is read already costs nothing
            await tools.queue.enqueue(JobName.INGEST_PATH, project_id=project_id, path=path)

    CURRENT_RUNNER.get().run(work)


def embed_passages(project_id: int) -> None:
    async def work(tools: JobTools) -> None:
        try:
            written = await tools.embed(project_id)
        except KnowledgeUnavailable as error:  # the worker's sweep waits for it, says so once, and makes the vectors
            logger.bind(project=project_id).debug("vectors have to wait: {}", error)
        else:
            logger.bind(project=project_id).info("embedded: {} passages", written)

    runner = CURRENT_RUNNER.get()
    runner.take_hint(JobName.EMBED_PASSAGES, project_id=project_id)
    runner.run(work)


def transcribe_recording(recording_id: int) -> None:
    """A hint: the work is done beside the jobs, and it may take hours."""

    async def work(tools: JobTools) -> None:
        tools.wake_recording(recording_id)

    runner = CURRENT_RUNNER.get()
    runner.take_hint(JobName.TRANSCRIBE_RECORDING, recording_id=recording_id)
    runner.run(work)


def remind_reviews() -> None:
    _repeat(JobName.REMIND_REVIEWS)


def expire_reviews() -> None:
    _repeat(JobName.EXPIRE_REVIEWS)


def purge_old_rows() -> None:
    _repeat(JobName.PURGE_OLD_ROWS)


def send_digest() -> None:
    _repeat(JobName.SEND_DIGEST)


def tell_new_periods() -> None:
    _repeat(JobName.TELL_NEW_PERIODS)


def tell_stale_documents() -> None:
    _repeat(JobName.TELL_STALE_DOCUMENTS)


def _repeat(job: JobName) -> None:
    CURRENT_RUNNER.get().run(lambda tools: tools.periodic.run(job))


async def _drain(tools: JobTools) -> None:
    report = await tools.drain.drain(at_most_seconds=DRAIN_SECONDS)
    if report.sent:
        logger.info("deliveries: {} sent", report.sent)
