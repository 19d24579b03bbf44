"""Waking a worker after a row was written."""

from loguru import logger

from services.domain.errors import QueueUnavailable
from services.domain.failpoint import FailPoint, reached
from services.queue.ports import JobName, JobQueue


async def hint(jobs: JobQueue, job: JobName, **arguments: int | str) -> None:
    """Enqueue; when the queue is away say so in the log and go on: the row is the truth, and workers sweep for it."""
    if job is JobName.DRAIN_DELIVERIES:
        reached(FailPoint.DELIVERY_QUEUED)
    try:
        await jobs.enqueue(job, **arguments)
    except QueueUnavailable:
        logger.warning("queue is away: {} waits for the sweeper", job.value)
